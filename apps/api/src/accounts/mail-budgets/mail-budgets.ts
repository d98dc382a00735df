import { Injectable } from '@nestjs/common';
import type { Sql } from '#libs/database';
import { deriveKey } from '#libs/link-tokens';
import type { Rate } from '#libs/service-defaults';
import { metrics } from '@opentelemetry/api';
import { createHmac } from 'node:crypto';
import { ApiConfig } from '../../api.config.js';
import { domainOf, mailboxOf } from './mailbox.js';

/** Whom a budget belongs to. */
const BUDGETS = ['mailbox', 'network', 'domain', 'total'] as const;
type Budget = (typeof BUDGETS)[number];

/** A mail to somebody who need not have asked for it, and the client that caused it. */
export interface StrangersMail {
  readonly email: string;
  readonly network: string;
}

/** `within`: unless a budget is used up; with `CHALLENGE=none` budgets are only counted. `anyway`: also beyond. */
export type Charging = 'within' | 'anyway';

/** So many parts has the time of a budget: a mail leaves the count when its part is over, 1 % late at most. */
const SLOTS = 100;

const exceeded = metrics.getMeter('usher.api').createCounter('usher_mail_budget_exceeded', {
  description: 'Requests for mails to strangers that found a budget used up, by the budget',
});
for (const scope of BUDGETS) exceeded.add(0, { scope });

/**
 * Budgets of mails to addresses that anybody may have typed: so many for a mailbox, a network, a domain, and in all.
 * Within any window of its length a budget is not exceeded by what it limits. Whom it belongs to is kept as an HMAC.
 */
@Injectable()
export class MailBudgets {
  private readonly rates: readonly (readonly [Budget, Rate])[];
  private readonly onlyCount: boolean;
  private readonly hmacKey: Buffer;

  constructor(config: ApiConfig) {
    const all = {
      mailbox: config.MAIL_BUDGET_MAILBOX,
      network: config.MAIL_BUDGET_NETWORK,
      domain: config.MAIL_BUDGET_DOMAIN,
      total: config.MAIL_BUDGET_TOTAL,
    };
    this.rates = BUDGETS.flatMap((budget) => {
      const rate = all[budget];
      return rate === 'off' ? [] : [[budget, rate] as const];
    });
    this.onlyCount = config.CHALLENGE === 'none';
    this.hmacKey = deriveKey(config.LINK_SIGNING_KEY, 'mail budget');
  }

  /** Whether no budget of a mail is used up. Charges nothing. */
  async haveRoom(sql: Sql, mail: StrangersMail): Promise<boolean> {
    if (this.rates.length === 0) return true;
    const rows = await sql.query<{ budget: Budget }>(
      `WITH ${WANTED}, ${USED} SELECT budget FROM used WHERE count >= most`,
      this.parameters(mail),
    );
    this.count(rows);
    return rows.length === 0;
  }

  /**
   * Charges a mail, as the last thing in the transaction that queues it: until that has ended, others of the same
   * budget wait. Both statements are sent at once, so that it can be one round trip with those before.
   * @returns whether it was charged
   */
  async charge(transaction: Sql, mail: StrangersMail, charging: Charging): Promise<boolean> {
    if (this.rates.length === 0) return true;
    const parameters = this.parameters(mail);
    const isLimited = charging === 'within' && !this.onlyCount;
    // A statement sees what was committed before it began, so the lock is one of its own.
    const [, rows] = await Promise.all([
      transaction.query(
        `SELECT pg_advisory_xact_lock(hashtextextended('mail budget ' || scope, 0))
           FROM (SELECT scope FROM unnest($1::text[]) AS w (scope) ORDER BY scope) AS sorted`,
        [parameters[1]],
      ),
      transaction.query<{ budget: Budget }>(
        `WITH ${WANTED}, ${USED},
         charged AS (
           INSERT INTO accounts.mail_budgets AS b (scope, slot, count, until)
           SELECT scope, slot, 1, now + 2 * length FROM used
            WHERE NOT ($5 AND EXISTS (SELECT FROM used WHERE count >= most))
           ON CONFLICT (scope, slot) DO UPDATE SET count = b.count + 1
         )
         SELECT budget FROM used WHERE count >= most`,
        [...parameters, isLimited],
      ),
    ]);
    this.count(rows);
    return !isLimited || rows.length === 0;
  }

  private count(rows: readonly { readonly budget: Budget }[]): void {
    for (const { budget } of rows) exceeded.add(1, { scope: budget });
  }

  private parameters({ email, network }: StrangersMail): [Budget[], string[], number[], number[]] {
    const owners = { mailbox: mailboxOf(email), network, domain: domainOf(email), total: '' };
    return [
      this.rates.map(([budget]) => budget),
      this.rates.map(([budget, { perMs }]) => this.scopeOf(budget, perMs, owners[budget])),
      this.rates.map(([, { count }]) => count),
      this.rates.map(([, { perMs }]) => perMs),
    ];
  }

  /** With its length: the parts of another one have other numbers. */
  private scopeOf(budget: Budget, perMs: number, owner: string): string {
    const text = `${budget} ${perMs} ${owner}`;
    return createHmac('sha256', this.hmacKey).update(text).digest('base64url');
  }
}

const WANTED = `clock AS MATERIALIZED (SELECT messaging.now() AS now),
  wanted AS (
    SELECT budget, scope, most, now, per_ms * interval '1 millisecond' AS length,
           floor(extract(epoch FROM now) * 1000 * ${SLOTS} / per_ms)::bigint AS slot
      FROM clock, unnest($1::text[], $2::text[], $3::int[], $4::float8[]) AS w (budget, scope, most, per_ms)
  )`;
/** The part that runs counts as a whole, and so does the one that has begun a whole window before. */
const USED = `used AS (
    SELECT w.*, coalesce((SELECT sum(b.count) FROM accounts.mail_budgets AS b
                           WHERE b.scope = w.scope AND b.slot >= w.slot - ${SLOTS}), 0) AS count
      FROM wanted AS w
  )`;
