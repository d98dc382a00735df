// `npm run eval:recommendations`: the ranking against simpler ones, on data of real people.
import { prepare } from './prepare.mjs';

prepare(['test/evaluation', 'test/support']);
await import('../dist/test/evaluation/main.js');
