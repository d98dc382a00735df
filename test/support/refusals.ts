import type { Database } from '#libs/database';
import type { Answer } from './api-client.js';

/** Checks that a request is refused as a problem detail, and that nothing was written by it. */
export class Refusals {
  constructor(private readonly database: Database) {}

  /** @param paths the fields that the answer must name */
  async expect(
    asking: Promise<Answer>,
    status: number,
    code: string,
    ...paths: string[]
  ): Promise<void> {
    const before = await this.counts();
    const answer = await asking;
    expect(answer).toMatchObject({ status, body: { status, code } });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body.title).not.toBe('');
    if (paths.length > 0) {
      const named = answer.body.errors.map(({ path }: { path: string }) => path);
      expect(named).toEqual(expect.arrayContaining(paths));
    }
    await expect(this.counts()).resolves.toEqual(before);
  }

  private async counts(): Promise<object> {
    const [row] = await this.database.query<object>(
      `SELECT (SELECT count(*) FROM accounts.users) AS users,
              (SELECT count(*) FROM accounts.sessions) AS sessions,
              (SELECT count(*) FROM accounts.idempotency_keys) AS keys,
              (SELECT count(*) FROM messaging.outbox) AS events`,
    );
    return row!;
  }
}
