import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '#libs/database';
import { Journeys } from '../journeys/journeys.js';
import { v7 as uuidv7 } from 'uuid';
import { hashSessionToken, newSessionToken } from './session-token.js';

/** A session that has just begun; the only moment at which its token is known. */
export interface NewSession {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Whose password was verified, and which of their passwords it was. */
export interface VerifiedCredential {
  readonly userId: string;
  readonly credentialVersion: number;
}

/** Who makes a request, by which session. */
export interface CurrentSession {
  readonly id: string;
  readonly userId: string;
}

interface SessionRow {
  id: string;
  created_at: Date;
  last_seen_at: Date;
  expires_at: Date;
  user_agent: string | null;
}

/** The moment at which a statement runs, read once: every row is compared with it. */
const CLOCK = 'WITH clock AS MATERIALIZED (SELECT messaging.now() AS now)';
const ALIVE = `expires_at > clock.now AND last_seen_at > clock.now - interval '7 days'`;
const LIFETIME = `interval '30 days'`;
/** `last_seen_at` is this exact, so that not every request writes. */
const SEEN_EVERY = `interval '1 minute'`;

/** Sessions: 30 days at most, 7 without use. */
@Injectable()
export class SessionStore {
  constructor(
    private readonly database: Database,
    private readonly journeys: Journeys,
  ) {}

  /**
   * Begins a session, in the caller's transaction if there is one. Undefined when the password was changed
   * since it was verified: the lock makes a change and a log-in come one after the other, so that a change
   * ends every session that an older password has opened.
   */
  async begin(
    { userId, credentialVersion }: VerifiedCredential,
    userAgent: string | undefined,
    sql: Sql = this.database,
  ): Promise<NewSession | undefined> {
    const token = newSessionToken();
    const [begun] = await sql.query<{ expiresAt: Date }>(
      `${CLOCK}
       INSERT INTO accounts.sessions (id, user_id, token_hash, user_agent, created_at, last_seen_at, expires_at)
       SELECT $1, u.id, $3, $4, clock.now, clock.now, clock.now + ${LIFETIME}
         FROM accounts.users AS u, clock
        WHERE u.id = $2 AND u.credential_version = $5 FOR SHARE OF u
       RETURNING expires_at AS "expiresAt"`,
      [uuidv7(), userId, hashSessionToken(token), userAgent ?? null, credentialVersion],
    );
    return begun && { token, expiresAt: begun.expiresAt };
  }

  /** The live session of a token, which counts as used now. */
  async find(token: string, requestId: string): Promise<CurrentSession | undefined> {
    const tokenHash = hashSessionToken(token);
    const [row] = await this.database.query<{ id: string; user_id: string; stale: boolean }>(
      `${CLOCK}
       SELECT id, user_id, last_seen_at < clock.now - ${SEEN_EVERY} AS stale
         FROM accounts.sessions, clock WHERE token_hash = $1 AND ${ALIVE}`,
      [tokenHash],
    );
    if (!row) return undefined;
    const session = { id: row.id, userId: row.user_id };
    if (row.stale) await this.use(session, requestId);
    return session;
  }

  private async use({ id, userId }: CurrentSession, requestId: string): Promise<void> {
    await this.database.transaction(async (transaction) => {
      // The account's row before those of its sessions, as everywhere: otherwise two transactions could deadlock.
      await this.journeys.usedAgain(transaction, userId, requestId);
      await transaction.query(
        'UPDATE accounts.sessions SET last_seen_at = messaging.now() WHERE id = $1',
        [id],
      );
    });
  }

  /** Those of these sessions that have not ended. */
  async alive(ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      `${CLOCK} SELECT id FROM accounts.sessions, clock WHERE id = ANY ($1::uuid[]) AND ${ALIVE}`,
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async list({ id, userId }: CurrentSession) {
    const rows = await this.database.query<SessionRow>(
      `${CLOCK}
       SELECT id, created_at, last_seen_at, expires_at, user_agent
         FROM accounts.sessions, clock WHERE user_id = $1 AND ${ALIVE} ORDER BY id DESC`,
      [userId],
    );
    return rows.map((row) => ({
      id: row.id,
      createdAt: row.created_at,
      lastSeenAt: row.last_seen_at,
      expiresAt: row.expires_at,
      userAgent: row.user_agent,
      current: row.id === id,
    }));
  }

  /** Ends a session of this user; answers whether there was one. */
  async end(userId: string, sessionId: string): Promise<boolean> {
    const rows = await this.database.query(
      'DELETE FROM accounts.sessions WHERE user_id = $1 AND id = $2 RETURNING id',
      [userId, sessionId],
    );
    return rows.length > 0;
  }
}
