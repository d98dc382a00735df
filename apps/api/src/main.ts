import { runApi } from '#libs/bootstrap';
import { ApiConfig } from './api.config.js';
import { ApiModule } from './api.module.js';
import { jsonOnly } from './http/json-only.middleware.js';
import { noStore } from './http/no-store.middleware.js';
import { sameOrigin } from './http/same-origin.middleware.js';
import { ApiReference } from './openapi/api-reference.js';
import { LoadShedding } from './passwords/load-shedding.js';

await runApi(ApiModule, {
  beforeLog: (app) => {
    app.get(ApiReference).describe(app);
    app.use(app.get(LoadShedding).handle);
  },
  beforeBody: (app) =>
    app.use('/v1', noStore).use(sameOrigin(app.get(ApiConfig).PUBLIC_URL), jsonOnly),
});
