import { keepRecipient, usherMessaging } from '#libs/contracts';
import { deadLetterQueue, planTopology } from '#libs/messaging';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { eventually } from './eventually.js';
import { newPerson, type NewPerson, type PersonOptions } from './new-person.js';
import { Scrape } from './prometheus-text.js';
import { prepareStack, type Stack } from './stack.js';
import { TestBroker } from './test-broker.js';

const QUEUE = 'email-worker.send-welcome-email';
/** Three attempts. */
const RETRY_DELAYS_MS = [200, 400];
/** More often than there are attempts. */
export const OFTEN = 4;

const topology = planTopology(usherMessaging, RETRY_DELAYS_MS);

/** A mail server that a worker can be sent to. */
interface MailServer {
  readonly host: string;
  /** How many mails it has accepted for this address. */
  mailsTo(address: string): number;
}

/** What is known of a mail: of its delivery, and of its message. */
interface MailRow {
  readonly status: string;
  readonly attempts: number;
  readonly possible_duplicates: number;
}

/** The e-mail worker as a process, without an API: a test publishes the events itself. */
export class MailWorker {
  private server!: MailServer;
  private app!: RunningApp;

  private constructor(
    private readonly stack: Stack,
    readonly broker: TestBroker,
  ) {}

  static async prepare(): Promise<MailWorker> {
    const broker = await TestBroker.connect();
    await broker.deleteAll(topology);
    const delays = RETRY_DELAYS_MS.map((delay) => `${delay}ms`).join();
    return new MailWorker(await prepareStack({ CONSUMER_RETRY_DELAYS: delays }), broker);
  }

  /** Starts the process; it sends its mails to this server unless `SMTP_URL` says otherwise. */
  async start(
    server: MailServer,
    env: Record<string, string> = {},
    onLine?: (line: string) => void,
  ): Promise<void> {
    this.server = server;
    const all = { SMTP_URL: `smtp://${server.host}`, ...env };
    this.app = await this.stack.start('email-worker', all, onLine);
  }

  /** Sends SIGTERM, and answers how the process has ended. */
  async terminate(): Promise<string> {
    const exit = new Promise<string>((resolve) => this.app.child.onExit(resolve));
    this.app.child.kill('SIGTERM');
    return exit;
  }

  /** Ends the process, and forgets what is in its queues. */
  async stop(): Promise<void> {
    await this.app.child.stop();
    await this.broker.deleteAll(topology);
  }

  async dispose(): Promise<void> {
    await this.stack.stop();
    await this.broker.close();
  }

  /** Somebody to whom a mail is on its way. */
  signUp(options?: PersonOptions): NewPerson {
    const person = newPerson(this.broker, options);
    person.publish();
    return person;
  }

  /** Not what the worker keeps of the person from the same event. */
  async rowOf({ eventId }: NewPerson): Promise<MailRow | undefined> {
    const [row] = await this.stack.database.query<MailRow>(
      `SELECT d.status, d.attempts, m.possible_duplicates
         FROM messaging.deliveries AS d JOIN email.messages AS m USING (event_id)
        WHERE d.event_id = $1 AND d.consumer <> $2`,
      [eventId, keepRecipient.consumer],
    );
    return row;
  }

  inStatus(person: NewPerson, status: string, timeoutMs = 25_000): Promise<MailRow> {
    return eventually(async () => {
      const row = await this.rowOf(person);
      return row?.status === status && row;
    }, timeoutMs);
  }

  /** Expects one mail, at the first attempt. */
  async expectSent(person: NewPerson, timeoutMs?: number): Promise<void> {
    const sent = { attempts: 1, possible_duplicates: 0 };
    await expect(this.inStatus(person, 'done', timeoutMs)).resolves.toMatchObject(sent);
    expect(this.server.mailsTo(person.email)).toBe(1);
  }

  async metric(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
    return (await Scrape.of(this.app.metricsUrl)).value(name, labels);
  }

  /** How many welcome mails have ended so. */
  deliveries(outcome: string): Promise<number | undefined> {
    return this.metric('usher_deliveries_total', { consumer: QUEUE, outcome });
  }

  refusals(reason: string): Promise<number | undefined> {
    return this.metric('usher_email_refusals_total', { reason });
  }

  deadLetters(): Promise<number> {
    return this.broker.depth(deadLetterQueue(QUEUE));
  }

  /** What its readiness says of the mail server. */
  async readinessOfMailServer(): Promise<string | undefined> {
    const response = await fetch(`${this.app.metricsUrl}/readyz`);
    const { checks } = (await response.json()) as { checks: Record<string, string> };
    return checks['mail-server'];
  }
}
