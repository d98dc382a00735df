import { usherMessaging } from '#libs/contracts';
import { deadLetterQueue, planTopology } from '#libs/messaging';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { newPerson, type NewPerson } from '../support/new-person.js';
import { Scrape } from '../support/prometheus-text.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const QUEUE = 'email-worker.send-welcome-email';
/** Three attempts. */
const topology = planTopology(usherMessaging, [200, 400]);
const ENV = { CONSUMER_RETRY_DELAYS: '200ms,400ms' };
/** What a lease lasts beyond the handler's time. */
const LEASE_MARGIN_MS = 10_000;

let stack: Stack;
let broker: TestBroker;
let proxy: FaultProxy;
let worker: RunningApp;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack(ENV);
  proxy = await FaultProxy.before(stack.smtp.url);
});

afterEach(async () => {
  stack.smtp.rule = () => undefined;
  stack.smtp.accepted = () => undefined;
  await proxy.up();
  await worker.child.stop();
  const left = {
    ready: await broker.depth(QUEUE),
    dead: await broker.depth(deadLetterQueue(QUEUE)),
  };
  await broker.deleteAll(topology);
  expect(left).toEqual({ ready: 0, dead: 0 });
});

afterAll(async () => {
  await stack.stop();
  await proxy.close();
  await broker.close();
});

const start = async (env: Record<string, string> = {}) => {
  worker = await stack.start('email-worker', { SMTP_URL: proxy.url, ...env });
};

const person = () => newPerson(broker);
const publish = ({ publish: send, eventId }: NewPerson) => {
  send();
  return eventId;
};

/** What the worker knows of a mail that it has sent. */
const sent = (id: string, timeoutMs?: number) =>
  eventually(async () => {
    const [row] = await stack.database.query<{ attempts: number; possible_duplicates: number }>(
      `SELECT d.attempts, m.possible_duplicates
         FROM messaging.deliveries AS d JOIN email.messages AS m USING (event_id)
        WHERE d.event_id = $1 AND d.consumer = $2 AND d.status = 'done' AND m.status = 'sent'`,
      [id, QUEUE],
    );
    return row;
  }, timeoutMs);

const mailsTo = ({ email }: NewPerson) => stack.smtp.to(email).length;

const possibleDuplicates = async () =>
  (await Scrape.of(worker.metricsUrl)).value('usher_email_possible_duplicates_total');

/** Welcome mails of these workers that ended so. */
async function deliveries(outcome: string, ...workers: readonly RunningApp[]): Promise<number> {
  const scrapes = await Promise.all(workers.map(({ metricsUrl }) => Scrape.of(metricsUrl)));
  return scrapes
    .flatMap(({ samples }) => samples)
    .filter(
      ({ name, labels }) =>
        name === 'usher_deliveries_total' &&
        labels['consumer'] === QUEUE &&
        labels['outcome'] === outcome,
    )
    .reduce((sum, { value }) => sum + value, 0);
}

/** Calls back at the first of these mails that are accepted. */
function atAcceptanceOf(someone: NewPerson, callback: () => Promise<void> | void): void {
  let called = false;
  stack.smtp.accepted = ({ to }) => {
    if (called || to !== someone.email) return;
    called = true;
    return callback();
  };
}

describe('an SMTP dialogue that breaks', () => {
  it('before the mail is sent, more often than there are attempts: one mail, and no attempt used up', async () => {
    await start();
    const ada = person();
    let resets = 0;
    stack.smtp.rule = async () => {
      if (resets++ < 5) await proxy.reset();
      return undefined;
    };
    const row = await sent(publish(ada));
    expect(row).toEqual({ attempts: 1, possible_duplicates: 0 });
    expect(mailsTo(ada)).toBe(1);
    expect(resets).toBe(6);
  });

  it.each([
    ['reset', () => proxy.reset()],
    ['closed', async () => proxy.hangUp()],
  ])(
    'is %s between the acceptance and the answer: a second mail, which is counted, and no third',
    async (_, breakOff) => {
      await start();
      const people = Array.from({ length: 9 }, () => person());
      const unlucky = new Set(people.filter((__, i) => i % 3 === 0).map(({ email }) => email));
      const remaining = new Set(unlucky);
      stack.smtp.accepted = async ({ to }) => {
        if (remaining.delete(to)) await breakOff();
      };
      const rows = [];
      for (const id of people.map(publish)) rows.push(await sent(id));
      expect(people.map((each) => mailsTo(each))).toEqual([2, 1, 1, 2, 1, 1, 2, 1, 1]);
      expect(rows).toEqual(
        people.map(({ email }) =>
          // Each try after the mail was handed over may make a mail, so it uses up an attempt.
          unlucky.has(email)
            ? { attempts: 2, possible_duplicates: 1 }
            : { attempts: 1, possible_duplicates: 0 },
        ),
      );
      await expect(possibleDuplicates()).resolves.toBe(unlucky.size);
    },
  );
});

describe('a mail server that is down', () => {
  it('for longer than all retry steps together: every mail comes once, and no attempt is used up', async () => {
    await start();
    await proxy.down();
    const people = Array.from({ length: 20 }, () => person());
    const ids = people.map(publish);
    const until = Date.now() + 3_000;
    await eventually(() => Date.now() > until);
    expect(stack.smtp.mails.filter(({ to }) => people.some(({ email }) => email === to))).toEqual(
      [],
    );
    await proxy.up();
    for (const id of ids) {
      await expect(sent(id)).resolves.toEqual({ attempts: 1, possible_duplicates: 0 });
    }
    expect(people.filter((each) => mailsTo(each) !== 1)).toEqual([]);
    await expect(possibleDuplicates()).resolves.toBe(0);
  });
});

describe('a mail server that is silent', () => {
  it('for longer than all attempts: one mail, and no attempt is used up, since none was handed over', async () => {
    await start({ CONSUMER_EXTERNAL_TIMEOUT: '2s' });
    // The next mail finds a connection that is open already.
    await sent(publish(person()));
    proxy.halfOpen();
    const ada = person();
    const id = publish(ada);
    const tries = proxy.accepted + 3;
    await eventually(() => proxy.accepted >= tries);
    expect(mailsTo(ada)).toBe(0);
    await proxy.up();
    const row = await sent(id, 20_000);
    expect(row).toEqual({ attempts: 1, possible_duplicates: 0 });
    expect(mailsTo(ada)).toBe(1);
  });

  it('and keeps one handler from ending in time: its dialogue is broken off, and no other', async () => {
    await start({ CONSUMER_EXTERNAL_TIMEOUT: '6s', CONSUMER_PREFETCH: '2' });
    const [stuck, other] = [person(), person()];
    const startedAt = Date.now();
    // Slow to answer, but never silent for as long as would be taken for being away.
    stack.smtp.rule = async (address) => {
      if (address === stuck.email) await eventually(() => Date.now() > startedAt + 1_500);
      return undefined;
    };
    // Neither is answered before the first has run out of time and is sent again.
    stack.smtp.accepted = async () => {
      if (mailsTo(stuck) === 1) await eventually(() => mailsTo(stuck) === 2);
    };
    const id = publish(stuck);
    await eventually(() => mailsTo(stuck) === 1 && Date.now() > startedAt + 4_500);
    const otherId = publish(other);
    await expect(sent(id)).resolves.toEqual({ attempts: 2, possible_duplicates: 1 });
    await expect(sent(otherId)).resolves.toEqual({ attempts: 1, possible_duplicates: 0 });
    expect([mailsTo(stuck), mailsTo(other)]).toEqual([2, 1]);
  });
});

describe('two live copies of one event', () => {
  it('in two processes are one mail, however slow the mail server is', async () => {
    await start();
    const other = await stack.start('email-worker', { SMTP_URL: proxy.url });
    proxy.latencyMs = 100;
    const ada = person();
    const id = publish(ada);
    publish(ada);
    await expect(sent(id)).resolves.toEqual({ attempts: 1, possible_duplicates: 0 });
    // The second copy came while the first was in hand, and comes back from its wait queue.
    await eventually(async () => (await deliveries('duplicate', worker, other)) === 1);
    expect(await deliveries('waiting', worker, other)).toBeGreaterThan(0);
    expect(mailsTo(ada)).toBe(1);
    await other.child.stop();
  });

  it('in one process are one mail: the second waits for the first', async () => {
    await start({ CONSUMER_PREFETCH: '2' });
    const ada = person();
    const id = publish(ada);
    publish(ada);
    await expect(sent(id)).resolves.toEqual({ attempts: 1, possible_duplicates: 0 });
    await eventually(async () => (await deliveries('duplicate', worker)) === 1);
    expect(mailsTo(ada)).toBe(1);
  });
});

describe('a worker that is killed between the acceptance of a mail and the record of it', () => {
  it('is followed by one second mail, which is counted', async () => {
    await start({ CONSUMER_EXTERNAL_TIMEOUT: '2s' });
    const ada = person();
    const { child } = worker;
    atAcceptanceOf(ada, async () => {
      const gone = new Promise<string>((resolve) => child.onExit(resolve));
      child.kill('SIGKILL');
      expect(await gone).toBe('SIGKILL');
    });
    const id = publish(ada);
    await eventually(() => child.hasExited);
    await start({ CONSUMER_EXTERNAL_TIMEOUT: '2s' });
    const row = await sent(id, 2_000 + LEASE_MARGIN_MS + 10_000);
    expect(row).toEqual({ attempts: 1, possible_duplicates: 1 });
    expect(mailsTo(ada)).toBe(2);
    await expect(possibleDuplicates()).resolves.toBe(1);
  });
});
