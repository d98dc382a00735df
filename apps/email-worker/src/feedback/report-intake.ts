import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import {
  countFeedback,
  dsnFeedback,
  FeedbackRecorder,
  MailIds,
  parseMailId,
  readDsn,
  readReturnPath,
  type Dsn,
  type MailIdentity,
} from '#libs/mail-feedback';
import { v7 as uuidv7 } from 'uuid';

/** Reports that were not understood and are kept, the newest ones, one for each event. */
const UNREAD_LIMIT = 100;
const SOURCE = 'dsn';
/** What has been decided; all else, such as a delay, is no news. */
const DECIDED = new Set(['failed', 'delivered']);

/** A mail of ours by its return path. */
export interface ReportedMail extends MailIdentity {
  readonly id: string;
}

/** Takes reports of mail servers (delivery status notifications, RFC 3464) on mails of ours. */
@Injectable()
export class ReportIntake {
  constructor(
    private readonly database: Database,
    private readonly ids: MailIds,
    private readonly recorder: FeedbackRecorder,
  ) {}

  /** The mail of this return path, if it is one of ours and younger than 14 days. */
  async find(address: string, bounceDomain: string): Promise<ReportedMail | undefined> {
    const id = readReturnPath(address, bounceDomain);
    const parsed = id === undefined ? undefined : parseMailId(id);
    if (!parsed) return undefined;
    const mails = await this.database.query<Omit<MailIdentity, 'eventId'>>(
      `SELECT consumer, recipient FROM email.messages
        WHERE event_id = $1 AND recipient IS NOT NULL
          AND coalesce(sent_at, created_at) > messaging.now() - interval '14 days'`,
      [parsed.eventId],
    );
    const mail = mails.find((each) => this.ids.verify(parsed.id, each) !== undefined);
    return mail && { ...mail, ...parsed };
  }

  /** A report that nobody can read is counted and kept. */
  async take(mail: ReportedMail, raw: Buffer): Promise<void> {
    const dsn = await readDsn(raw);
    const feedback = dsn && dsnFeedback(dsn, { ...mail, at: new Date() });
    if (feedback) {
      // A process of its own, so that nobody's request is continued here.
      const origin = { source: SOURCE, app: 'email-worker', correlationId: uuidv7() } as const;
      await this.recorder.record(feedback, origin);
    } else if (!dsn || isDecided(dsn)) {
      countFeedback('unreadable', SOURCE);
      await this.keep(mail, raw);
    }
  }

  private async keep({ eventId }: ReportedMail, raw: Buffer): Promise<void> {
    await this.database.query(
      `INSERT INTO email.unread_reports AS r (event_id, received_at, report) VALUES ($1, messaging.now(), $2)
       ON CONFLICT (event_id) DO UPDATE SET received_at = excluded.received_at, report = excluded.report`,
      [eventId, raw],
    );
    await this.database.query(
      `DELETE FROM email.unread_reports
        WHERE event_id IN (SELECT event_id FROM email.unread_reports ORDER BY received_at DESC OFFSET $1)`,
      [UNREAD_LIMIT],
    );
  }
}

/** About other recipients only, such as the target of a forwarding. */
const isDecided = ({ recipients }: Dsn) => recipients.some(({ action }) => DECIDED.has(action));
