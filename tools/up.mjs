// `npm run up`: everything on one machine, from a bare clone.
import { prepare } from './prepare.mjs';

prepare();
await import('../dist/tools/embedded-stack/src/up.js');
