import { start } from './shell/start.js';
import { OpsPage } from './ops/ops-page.js';

start(OpsPage, 'ops');
