// `npm run example -- <name>`: one pattern of messaging, from a bare clone; without a name it lists them.
import { prepare } from './prepare.mjs';

prepare();
await import('../dist/tools/embedded-stack/src/run-example.js');
