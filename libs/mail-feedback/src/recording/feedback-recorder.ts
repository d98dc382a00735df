import {
  keepMailFeedback,
  mailBounced,
  mailComplained,
  mailConsumers,
  type FeedbackSource,
} from '#libs/contracts';
import {
  createEvent,
  PROGRESS,
  type Database,
  type Hints,
  type Outbox,
  type Sql,
  type Transaction,
} from '#libs/messaging';
import { BOUNCES_BY_WEIGHT, type BounceClass } from '../classify.js';
import type { MailIdentity, MailIds } from '../ids/mail-ids.js';
import type { MailFeedback } from '../mail-feedback.js';
import { countFeedback, kindOf } from './feedback-counter.js';

/** Where a piece of feedback came in. */
export interface FeedbackOrigin {
  readonly source: FeedbackSource;
  /** The app that took it. */
  readonly app: string;
  readonly correlationId: string;
}

/** `unknown`: it is about no mail of ours to that recipient, or about one that is older than 14 days. */
export type Recorded = 'recorded' | 'repeated' | 'unknown';

interface Row {
  user_id: string;
  delivery: string | null;
  bounce: BounceClass | null;
  has_complaint: boolean;
  /** What is still on its way to the e-mail worker: the types of events, and the class of each bounce. */
  announced: string[];
}

const OF_THE_MAIL = 'event_id = $1 AND consumer = $2 AND recipient = $3';
/** Later feedback changes nothing: an id that was found in an old mail is worth nothing. */
const RECENT = `coalesce(sent_at, created_at) > messaging.now() - interval '14 days'`;

/**
 * Takes feedback that is about a mail of ours: its id is genuine, the mail went to that recipient and is younger
 * than 14 days. All else is counted and changes nothing. A delivery is written down. A complaint becomes an event once
 * for each mail, and so does a bounce of each class that says more than the one before.
 */
export class FeedbackRecorder {
  constructor(
    private readonly ids: MailIds,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly hints: Hints,
  ) {}

  /** @throws DatabaseUnavailableError */
  async record(feedback: MailFeedback, origin: FeedbackOrigin): Promise<Recorded> {
    const mail = this.ids.find(feedback.id, feedback.recipient.toLowerCase(), mailConsumers);
    const recorded = mail ? await this.recordOf(mail, feedback, origin) : 'unknown';
    if (recorded === 'unknown') countFeedback('unknown', origin.source);
    if (recorded === 'recorded') countFeedback(kindOf(feedback), origin.source);
    return recorded;
  }

  private async recordOf(
    mail: MailIdentity,
    feedback: MailFeedback,
    origin: FeedbackOrigin,
  ): Promise<Recorded> {
    const transaction = await this.database.begin();
    try {
      const row = await this.lock(transaction, mail);
      const isNew = row && (await this.write(transaction, feedback, mail, row, origin));
      await transaction.commit();
      if (!row) return 'unknown';
      return isNew ? 'recorded' : 'repeated';
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  }

  /**
   * What is known of the mail. Other feedback on it waits until this transaction has ended. The lock is a statement of
   * its own: a statement sees what was committed before it began.
   */
  private async lock(sql: Sql, mail: MailIdentity): Promise<Row | undefined> {
    await sql.query(
      `SELECT FROM email.messages WHERE ${OF_THE_MAIL} AND ${RECENT} FOR UPDATE`,
      keyOf(mail),
    );
    const [row] = await sql.query<Row>(
      `SELECT user_id, delivery, bounce, complained_at IS NOT NULL AS has_complaint,
              ARRAY(SELECT concat_ws(' ', o.type, o.data ->> 'bounce') FROM messaging.outbox AS o
                     WHERE o.subject = m.user_id::text AND o.type IN ($4, $5)
                       AND o.data ->> 'mailEventId' = m.event_id::text
                       AND o.data ->> 'consumer' = m.consumer
                       AND NOT EXISTS (SELECT FROM messaging.deliveries
                                        WHERE consumer = $6 AND event_id = o.id AND status = 'done')) AS announced
         FROM email.messages AS m WHERE ${OF_THE_MAIL} AND ${RECENT}`,
      [...keyOf(mail), mailBounced.type, mailComplained.type, keepMailFeedback.consumer],
    );
    return row;
  }

  private async write(
    transaction: Transaction,
    feedback: MailFeedback,
    mail: MailIdentity,
    row: Row,
    origin: FeedbackOrigin,
  ): Promise<boolean> {
    if (feedback.kind === 'delivered') return this.writeDelivered(transaction, mail);
    const data = {
      userId: row.user_id,
      email: mail.recipient,
      mailEventId: mail.eventId,
      consumer: mail.consumer,
      source: origin.source,
    };
    const context = {
      source: origin.app,
      subject: row.user_id,
      correlationId: origin.correlationId,
      causationId: mail.eventId,
    };
    if (feedback.kind === 'complained') {
      if (row.has_complaint || row.announced.includes(mailComplained.type)) return false;
      await this.outbox.append(transaction, createEvent(mailComplained, data, context));
    } else {
      const known = [row.bounce, ...row.announced.map(classOf)];
      if (row.delivery === 'bounced' || !saysMore(feedback.bounce, known)) return false;
      const { bounce, status, diagnostic } = feedback;
      const said = { ...(status && { status }), ...(diagnostic && { diagnostic }) };
      const event = createEvent(mailBounced, { ...data, bounce, ...said }, context);
      await this.outbox.append(transaction, event);
    }
    return true;
  }

  /** What the API writes in this table, which the e-mail worker owns. */
  private async writeDelivered(transaction: Transaction, mail: MailIdentity): Promise<boolean> {
    const [row] = await transaction.query<{ user_id: string }>(
      `UPDATE email.messages SET delivery = 'delivered'
        WHERE ${OF_THE_MAIL} AND delivery IS NULL RETURNING user_id`,
      keyOf(mail),
    );
    if (row)
      transaction.afterCommit(() => this.hints.publish(PROGRESS, { subjects: [row.user_id] }));
    return row !== undefined;
  }
}

const classOf = (announced: string) => announced.split(' ')[1] as BounceClass | undefined;
const saysMore = (bounce: BounceClass, known: readonly (BounceClass | null | undefined)[]) =>
  known.every((one) => !one || BOUNCES_BY_WEIGHT.indexOf(one) < BOUNCES_BY_WEIGHT.indexOf(bounce));
const keyOf = ({ eventId, consumer, recipient }: MailIdentity) => [eventId, consumer, recipient];
