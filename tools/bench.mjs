// `npm run bench -- <name>`: prints a table, and one JSON object on standard output.
import { prepare } from './prepare.mjs';

prepare(['test/bench', 'test/evaluation', 'test/support']);
await import('../dist/test/bench/main.js');
