// `npm run bench -- <name>`: prints a table, and one JSON object on standard output.
import { rmSync } from 'node:fs';
import { prepare, root } from './prepare.mjs';

// What is kept was measured with what the sources build, and nothing that was tried out in the build.
if (process.argv.includes('--save')) rmSync(`${root}dist`, { recursive: true, force: true });
prepare(['test/bench', 'test/evaluation', 'test/support']);
await import('../dist/test/bench/main.js');
