// `npm test`: all tests, from a bare clone. Arguments go to jest.
import { prepare } from './prepare.mjs';

prepare();
await import('../dist/tools/embedded-stack/src/run-tests.js');
