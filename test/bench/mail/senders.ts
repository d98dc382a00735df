import { sendWelcomeEmail } from '#libs/contracts';
import { welcomeEmail } from '../../../apps/email-worker/src/mails/welcome.mail.js';
import { renderMail } from '../../../apps/email-worker/src/render-mail.js';
import { createTestDatabase } from '../../support/test-database.js';
import type { BenchOptions } from '../bench.js';
import { measureDrain, type DrainSample } from '../consume/drain.js';
import { measureRounds } from '../measuring/rounds.js';
import type { MailByHandOptions } from '../references/mail.main.js';
import type { BenchServers } from '../servers.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { startReference } from '../stack/reference.js';
import { registrationMessage } from '../stack/sample-events.js';

/** What the mail server takes for a mail. */
const MAIL_MS = 5;
/** Connections to it, and mails in hand. */
const POOL = 4;
const MAILS_PER_SECOND = 200;
const WARM_UP = 1_000;
const QUEUE = 'reference.mail';
const EVENT_TYPE = 'person.mailed.v1';

export interface SenderSamples {
  readonly usher: readonly DrainSample[];
  readonly nodemailer: readonly DrainSample[];
}

/** One e-mail worker beside a program by hand that sends the same mails for the same queue, and writes the same rows. */
export async function senders(
  servers: BenchServers,
  stack: BenchStack,
  { rounds, seconds }: BenchOptions,
  say: (line: string) => void,
): Promise<SenderSamples> {
  const { database, broker, mail } = stack;
  const other = await createTestDatabase(servers.postgres.url);
  await broker.declareReference(EVENT_TYPE, [QUEUE]);
  await mail.takeAfter(MAIL_MS);
  const size = { warmUp: WARM_UP, events: MAILS_PER_SECOND * seconds };
  const fill = (queue: string) =>
    broker.fill(queue, size.warmUp + size.events, registrationMessage);

  const usher = async () => {
    const queue = sendWelcomeEmail.consumer;
    await stack.reset();
    await fill(queue);
    const settings = { SMTP_POOL: String(POOL), CONSUMER_PREFETCH: String(POOL) };
    const worker = await stack.launch('email-worker', settings);
    const pids = { worker: worker.child.pid };
    const sample = await measureDrain({ database, broker, queue, pids, ...size });
    await stack.stop('email-worker');
    return sample;
  };
  const nodemailer = async () => {
    await other.database.query('TRUNCATE messaging.deliveries, email.messages');
    await broker.purge(QUEUE);
    await fill(QUEUE);
    const options: MailByHandOptions = {
      brokerUrl: broker.url,
      databaseUrl: other.url,
      smtpUrl: mail.url,
      queue: QUEUE,
      connections: POOL,
      mail: renderMail(welcomeEmail, { locale: 'en', displayName: 'Ada' }, LINK),
    };
    const child = startReference('mail', options);
    const pids = { worker: child.pid };
    const drain = { database: other.database, broker, queue: QUEUE, pids, ...size };
    try {
      return await measureDrain(drain);
    } finally {
      await child.stop();
    }
  };
  try {
    return await measureRounds({ usher, nodemailer }, rounds, say);
  } finally {
    await mail.takeAfter(0);
    await stack.reset();
    await other.drop();
  }
}

/** As long as a real one. */
const LINK = `https://usher.example/verify-email#token=${'a'.repeat(220)}`;
