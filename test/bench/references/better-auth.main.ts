import { hash as argon2id, verify } from '@node-rs/argon2';
import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { createServer } from 'node:http';
import { Pool } from 'pg';
import { optionsOf } from './options.js';
import { hashPassword, PARAMETERS } from './password-hash.js';

/** A sign-up as better-auth does it, user, account and session, with the same hash; no mail, no events. */
export interface BetterAuthServerOptions {
  readonly databaseUrl: string;
  readonly port: number;
  /** Hashes as many passwords at once as there are cores, which better-auth does not do by itself. */
  readonly boundedHashes: boolean;
}

const CONNECTIONS = 10;

const { databaseUrl, port, boundedHashes } = optionsOf<BetterAuthServerOptions>();
const url = `http://127.0.0.1:${port}`;
const options = {
  baseURL: url,
  secret: 'a secret of a benchmark, which nobody has to guess',
  database: new Pool({ connectionString: databaseUrl, max: CONNECTIONS }),
  emailAndPassword: {
    enabled: true,
    password: {
      hash: boundedHashes ? hashPassword : (password) => argon2id(password, PARAMETERS),
      verify: ({ hash, password }) => verify(hash, password),
    },
  },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
} satisfies BetterAuthOptions;

const { runMigrations } = await getMigrations(options);
await runMigrations();
const handle = toNodeHandler(betterAuth(options));
const server = createServer((request, response) => void handle(request, response));
server.listen(port, '127.0.0.1', () => process.send!({ url }));
