// `npm run simulate -- <name>`: what would happen, on a clock of its own.
import { prepare } from './prepare.mjs';

prepare(['test/simulation', 'test/support']);
await import('../dist/test/simulation/main.js');
