import { runApi } from '#libs/bootstrap';
import { ApiModule } from './api.module.js';
import { ApiReference } from './openapi/api-reference.js';
import { LoadShedding } from './passwords/load-shedding.js';

await runApi(ApiModule, (app) => {
  app.get(ApiReference).describe(app);
  app.use(app.get(LoadShedding).handle);
});
