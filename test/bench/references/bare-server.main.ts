import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { startBareRelay } from './bare-relay.js';
import { optionsOf } from './options.js';
import { hashPassword } from './password-hash.js';

/**
 * The sign-up without a framework: one hash, one prepared statement that inserts the rows that Usher
 * inserts, and a relay in the same process. It checks hardly anything and logs nothing.
 */
export interface BareServerOptions {
  readonly databaseUrl: string;
  readonly brokerUrl: string;
  readonly exchange: string;
  /** Routing key and type of the event. */
  readonly eventType: string;
  readonly consumers: readonly string[];
}

interface Body {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  readonly interests: readonly string[];
}

const SESSION_MS = 30 * 86_400_000;
const CONNECTIONS = 10;
const SIGN_UP = `
  WITH u AS (
    INSERT INTO accounts.users (id, email, display_name, password_hash, interests, locale, registration_event_id)
    VALUES ($1, $2, $3, $4, $5, 'en', $6) ON CONFLICT (email) DO NOTHING RETURNING id, created_at
  ), s AS (
    INSERT INTO accounts.sessions (id, user_id, token_hash, user_agent, expires_at)
    SELECT $7, id, $8, NULL, $9 FROM u
  ), o AS (
    INSERT INTO messaging.outbox (id, type, source, subject, occurred_at, correlation_id, data, expected_consumers)
    SELECT $6, $10, 'reference', id, now(), $11, $12, $13 FROM u
  )
  SELECT created_at FROM u`;

const { databaseUrl, brokerUrl, exchange, eventType, consumers } = optionsOf<BareServerOptions>();
const pool = new Pool({ connectionString: databaseUrl, max: CONNECTIONS });
const wakeRelay = await startBareRelay(pool, brokerUrl, exchange);

async function signUp(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { email, password, displayName, interests } = (await json(request)) as Body;
  if (!email.includes('@') || password.length < 15) return answer(response, 422, {});
  const passwordHash = await hashPassword(password);
  const [id, eventId, token] = [uuidv7(), uuidv7(), randomBytes(32)];
  const expiresAt = new Date(Date.now() + SESSION_MS);
  const data = { userId: id, email, displayName, interests, interestsVersion: 1, locale: 'en' };
  const { rows } = await pool.query<{ created_at: Date }>({
    name: 'sign-up',
    text: SIGN_UP,
    values: [
      id,
      email,
      displayName,
      passwordHash,
      interests,
      eventId,
      uuidv7(),
      createHash('sha256').update(token).digest(),
      expiresAt,
      eventType,
      uuidv7(),
      JSON.stringify(data),
      consumers,
    ],
  });
  if (!rows[0]) return answer(response, 409, { code: 'email_taken' });
  wakeRelay();
  const user = { id, email, displayName, interests, locale: 'en', emailVerified: false };
  answer(response, 201, {
    user: { ...user, createdAt: rows[0].created_at },
    session: { token: token.toString('base64url'), expiresAt },
  });
}

function answer(response: ServerResponse, status: number, body: object): void {
  const content = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(content),
  });
  response.end(content);
}

const server = createServer((request, response) => {
  signUp(request, response).catch((error: Error) =>
    answer(response, 500, { error: error.message }),
  );
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send!({ url: `http://127.0.0.1:${port}` });
});
