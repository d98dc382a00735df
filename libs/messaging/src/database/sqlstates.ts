import { isNativeError } from 'node:util/types';

/**
 * What a failure of the database means for the work that it met.
 * - `wait`: the server's state is at fault; the same work succeeds later.
 * - `run again`: PostgreSQL undid the work, and would do it if it were run once more now.
 * - `defect`: the statement or its values are at fault; it fails each time.
 */
export type Meaning = 'wait' | 'run again' | 'defect';

/** What a failure does to the connections of the pool. */
export type Scope = 'none' | 'connection' | 'all connections';

interface Ruling {
  readonly codes: RegExp;
  /** Only with this text, where one code has several causes. */
  readonly text?: RegExp;
  /** Only at this severity, which a server says in its own language, and PgBouncer in English. */
  readonly severity?: string;
  readonly meaning: Meaning;
  readonly scope: Scope;
  readonly why: string;
}

/**
 * The whole table: the first line that fits decides, and what is not in it is a defect.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const RULINGS: readonly Ruling[] = [
  {
    codes: /^08P01$/,
    severity: 'FATAL',
    meaning: 'wait',
    scope: 'connection',
    why: 'PgBouncer says so whatever the reason why it ends a session, a server that crashed among them.',
  },
  {
    codes: /^08P01$/,
    meaning: 'defect',
    scope: 'none',
    why: 'A message breaks the protocol, such as one with a parameter too many.',
  },
  {
    codes: /^08...$/,
    meaning: 'wait',
    scope: 'connection',
    why: 'The connection failed.',
  },
  {
    codes: /^57P0.$/,
    meaning: 'wait',
    scope: 'connection',
    why: 'The server stops, starts or ended the session.',
  },
  {
    codes: /^25006$/,
    meaning: 'wait',
    scope: 'all connections',
    why: 'The server was the primary and is read only now; another one is, or will be, the primary.',
  },
  {
    codes: /^53...$/,
    meaning: 'wait',
    scope: 'none',
    why: 'Disk, memory or connections are used up; no other message would fare better.',
  },
  {
    codes: /^58...$/,
    meaning: 'wait',
    scope: 'none',
    why: 'The system below the server failed, such as a disk that cannot be read.',
  },
  {
    codes: /^55P03$/,
    meaning: 'wait',
    scope: 'none',
    why: 'A lock was not free in time, as while a migration runs.',
  },
  {
    codes: /^(40001|40P01)$/,
    meaning: 'run again',
    scope: 'none',
    why: 'A concurrent transaction won: a serialization failure, or a deadlock.',
  },
  {
    codes: /^(26000|42P05)$/,
    meaning: 'run again',
    scope: 'all connections',
    why: 'A pooler does not keep the prepared statements of its clients apart, or has lost them; nothing ran.',
  },
  {
    codes: /^0A000$/,
    text: /cached plan must not change result type/,
    meaning: 'run again',
    scope: 'all connections',
    why: 'A migration changed a table under a prepared statement; nothing ran.',
  },
];

/** Node's own codes of a connection that cannot be made or breaks. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** What pg says without a code. */
const SOCKET_TEXTS =
  /connection terminated|timeout exceeded when trying to connect|is not queryable|query runner already released|query read timeout/i;

const DEFECT = { meaning: 'defect', scope: 'none' } as const;
const CONNECTION_LOST = { meaning: 'wait', scope: 'connection' } as const;

/** Decides what a failure means. Whatever is no error of PostgreSQL, of pg or of the network is a defect. */
export function rule(error: unknown): { readonly meaning: Meaning; readonly scope: Scope } {
  // Not by instanceof: the errors of Node's own modules are foreign to code that runs in a VM context.
  if (!isNativeError(error)) return DEFECT;
  const { code, message, severity } = error as Error & { code?: unknown; severity?: string };
  if (typeof code !== 'string') return SOCKET_TEXTS.test(message) ? CONNECTION_LOST : DEFECT;
  if (SOCKET_CODES.has(code)) return CONNECTION_LOST;
  const fits = (ruling: Ruling) =>
    ruling.codes.test(code) &&
    (ruling.severity ?? severity) === severity &&
    (ruling.text?.test(message) ?? true);
  return RULINGS.find(fits) ?? DEFECT;
}
