// `npm run chaos`: sign-ups under load while everything is killed and cut; then an audit of what is left.
import { prepare } from './prepare.mjs';

prepare(['test/chaos', 'test/support']);
await import('../dist/test/chaos/main.js');
