import { MailIds } from '#libs/mail-feedback';
import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { signUpBody } from './api-client.js';
import { usher } from './command-line.js';
import { eventually } from './eventually.js';
import { prepareStack, type Stack } from './stack.js';
import { TestBroker } from './test-broker.js';

const KEY = 'a-key-of-thirty-two-characters!!';
export const BOUNCE_DOMAIN = 'bounces.usher.example';
const WELCOME = 'email-worker.send-welcome-email';
const topology = planTopology(usherMessaging, [1_000, 2_000]);
const ids = MailIds.derivedFrom(KEY);

/** Somebody who signed up, and the id of their welcome mail. */
export interface MailedPerson {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  readonly mailId: string;
}

/** An API and an e-mail worker that takes reports, for tests of what becomes of mails. */
export class FeedbackStack {
  private constructor(
    readonly stack: Stack,
    readonly broker: TestBroker,
    readonly bouncePort: number,
  ) {}

  static async start(
    env: { api?: Record<string, string>; worker?: Record<string, string> } = {},
  ): Promise<FeedbackStack> {
    const broker = await TestBroker.connect();
    await broker.deleteAll(topology);
    const stack = await prepareStack({ LINK_SIGNING_KEY: KEY });
    const port = await freePort();
    await Promise.all([
      stack.start('api', env.api),
      stack.start('email-worker', {
        BOUNCE_LISTEN: `127.0.0.1:${port}`,
        BOUNCE_DOMAIN,
        ...env.worker,
      }),
    ]);
    return new FeedbackStack(stack, broker, port);
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await this.broker.deleteAll(topology);
    await this.broker.close();
  }

  /** Somebody whose welcome mail has been sent, or is not to be. */
  async signUp(change: object = {}): Promise<MailedPerson> {
    const body = signUpBody(change);
    const { user, session } = (await this.stack.api.signUp(body)).body;
    const person = { id: user.id as string, email: body.email, token: session.token as string };
    const eventId = await this.registrationOf(person.id);
    await eventually(async () => (await this.delivery(person)) !== undefined);
    return { ...person, mailId: ids.sign({ eventId, consumer: WELCOME, recipient: body.email }) };
  }

  /** The step of the welcome mail, as its person sees it. */
  async step({ token }: Pick<MailedPerson, 'token'>) {
    const { body } = await this.stack.api.get('/v1/me/onboarding', token);
    return body.steps.find(({ name }: { name: string }) => name === 'welcome-email');
  }

  async delivery(person: Pick<MailedPerson, 'token'>): Promise<string | undefined> {
    return (await this.step(person)).delivery;
  }

  becomes(person: MailedPerson, delivery: string): Promise<boolean | undefined> {
    return eventually(async () => (await this.delivery(person)) === delivery);
  }

  /** Why an address gets no mail. */
  async reasons(address: string): Promise<string[]> {
    const rows = await this.stack.database.query<{ reason: string }>(
      'SELECT reason FROM email.suppressions WHERE address = $1 ORDER BY reason',
      [address],
    );
    return rows.map(({ reason }) => reason);
  }

  usher(...args: string[]) {
    return usher(args, {
      DATABASE_URL: this.stack.databaseUrlOf('operator'),
      RABBITMQ_URL: process.env['RABBITMQ_URL']!,
    });
  }

  /** How many events of this type are about a person. */
  async events(type: string, { id }: Pick<MailedPerson, 'id'>): Promise<number> {
    const [row] = await this.stack.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM messaging.outbox WHERE type = $1 AND subject = $2',
      [type, id],
    );
    return row!.count;
  }

  private async registrationOf(userId: string): Promise<string> {
    const [row] = await this.stack.database.query<{ id: string }>(
      'SELECT registration_event_id AS id FROM accounts.users WHERE id = $1',
      [userId],
    );
    return row!.id;
  }
}
