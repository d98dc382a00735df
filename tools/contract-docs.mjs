// `npm run docs:contracts`: writes docs/asyncapi.json, docs/schemas and the tables of docs/events.md.
import { prepare } from './prepare.mjs';

prepare();
await import('../dist/tools/contract-docs/src/main.js');
