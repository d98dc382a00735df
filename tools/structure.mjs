// `npm run structure`: how the folders depend on each other.
import { prepare } from './prepare.mjs';

prepare();
await import('../dist/tools/structure/src/main.js');
