import { Injectable } from '@nestjs/common';
import type { Transaction } from '#libs/database';
import { BOUNCES_BY_WEIGHT, type BounceClass, type MailIdentity } from '#libs/mail-feedback';

/** What a bounce says. */
export interface Bounce {
  readonly bounce: BounceClass;
  readonly status?: string | undefined;
  readonly diagnostic?: string | undefined;
}

/** So many soft bounces of one address within a week are a hard one. */
const SOFT_LIMIT = 5;
const SOFT_WINDOW = `interval '7 days'`;
/** After a hard bounce an address gets no mail for so long. */
export const BOUNCED_FOR = `interval '30 days'`;

const OF_THE_MAIL = 'event_id = $1 AND consumer = $2 AND recipient = $3';

/** Keeps what bounces and complaints say: at the mail, and as addresses that get no more mail. Each counts once. */
@Injectable()
export class Bounces {
  async bounced(
    transaction: Transaction,
    mail: MailIdentity,
    { bounce, status, diagnostic }: Bounce,
  ): Promise<void> {
    const [isFirst] = await transaction.query(
      `UPDATE email.messages SET bounce = $4, bounce_status = $5, bounce_text = $6
        WHERE ${OF_THE_MAIL} AND delivery IS DISTINCT FROM 'bounced'
          AND coalesce(array_position($7::text[], bounce) < array_position($7, $4), true) RETURNING event_id`,
      [...keyOf(mail), bounce, status ?? null, diagnostic ?? null, BOUNCES_BY_WEIGHT],
    );
    if (!isFirst || bounce === 'blocked') return;
    if (bounce === 'soft' && !(await this.isOneTooMany(transaction, mail))) return;
    await transaction.query(
      `UPDATE email.messages SET delivery = 'bounced' WHERE ${OF_THE_MAIL}`,
      keyOf(mail),
    );
    await transaction.query(
      'DELETE FROM email.suppressions WHERE until <= (SELECT messaging.now())',
    );
    await transaction.query(
      `INSERT INTO email.suppressions AS s (address, reason, since, until)
       SELECT $1, 'bounced', now, now + ${BOUNCED_FOR} FROM messaging.now() AS now
       ON CONFLICT (address, reason) DO UPDATE SET until = greatest(s.until, excluded.until)`,
      [mail.recipient],
    );
  }

  async complained(transaction: Transaction, mail: MailIdentity): Promise<void> {
    await transaction.query(
      `UPDATE email.messages SET complained_at = messaging.now()
        WHERE ${OF_THE_MAIL} AND complained_at IS NULL`,
      keyOf(mail),
    );
    await transaction.query(
      `INSERT INTO email.suppressions (address, reason, since) VALUES ($1, 'complained', messaging.now())
       ON CONFLICT DO NOTHING`,
      [mail.recipient],
    );
  }

  private async isOneTooMany(transaction: Transaction, mail: MailIdentity): Promise<boolean> {
    await transaction.query(
      `DELETE FROM email.soft_bounces WHERE at <= (SELECT messaging.now()) - ${SOFT_WINDOW}`,
    );
    await transaction.query(
      `INSERT INTO email.soft_bounces (event_id, consumer, address, at)
       VALUES ($1, $2, $3, messaging.now()) ON CONFLICT DO NOTHING`,
      keyOf(mail),
    );
    const [row] = await transaction.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM email.soft_bounces WHERE address = $1',
      [mail.recipient],
    );
    return row!.count >= SOFT_LIMIT;
  }
}

const keyOf = ({ eventId, consumer, recipient }: MailIdentity) => [eventId, consumer, recipient];
