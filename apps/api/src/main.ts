import { runApi } from '#libs/bootstrap';
import { ApiModule } from './api.module.js';

await runApi(ApiModule);
