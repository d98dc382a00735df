// `npm run drill`: rehearses one outage under load and shows what it did to sign-ups and follow-ups.
import { prepare } from './prepare.mjs';

prepare(['test/chaos', 'test/support']);
await import('../dist/test/chaos/drills/main.js');
