// `npm run add -- worker <name> …`: writes a new worker and all its entries.
import { prepare } from './prepare.mjs';

prepare();
await import('../dist/tools/add/src/main.js');
