// `npm test`: all tests, from a bare clone. Arguments go to jest.
import { prepare } from './prepare.mjs';

prepare(['test/conformance', 'test/support']);
await import('../dist/tools/embedded-stack/src/run-tests.js');
