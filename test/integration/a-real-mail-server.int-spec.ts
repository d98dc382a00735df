import { passwordResetRequested, usherMessaging } from '#libs/contracts';
import { deadLetterQueue, planTopology } from '#libs/messaging';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { eventually } from '../support/eventually.js';
import { describeWithExim, Exim, type EximAnswers } from '../support/exim.js';
import { newPerson, type NewPerson, type PersonOptions } from '../support/new-person.js';
import { Scrape } from '../support/prometheus-text.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const QUEUE = 'email-worker.send-welcome-email';
/** Three attempts. */
const ENV = { CONSUMER_RETRY_DELAYS: '200ms,400ms' };
const topology = planTopology(usherMessaging, [200, 400]);
/** More often than there are attempts. */
const OFTEN = 4;

interface Row {
  readonly status: string;
  readonly attempts: number;
  readonly possible_duplicates: number;
}

describeWithExim()('Exim', () => {
  let stack: Stack;
  let broker: TestBroker;
  let exim: Exim;
  let worker: RunningApp;

  beforeAll(async () => {
    broker = await TestBroker.connect();
    await broker.deleteAll(topology);
    [stack, exim] = await Promise.all([prepareStack(ENV), Exim.start()]);
  });

  afterAll(async () => {
    await stack.stop();
    await exim.stop();
    await broker.close();
  });

  const start = async (env: Record<string, string> = {}) => {
    worker = await stack.start('email-worker', { SMTP_URL: `smtp://${exim.host}`, ...env });
  };

  const stop = async () => {
    await worker.child.stop();
    await broker.deleteAll(topology);
  };

  const rowOf = async ({ eventId }: NewPerson): Promise<Row | undefined> => {
    const [row] = await stack.database.query<Row>(
      `SELECT d.status, d.attempts, m.possible_duplicates
         FROM messaging.deliveries AS d JOIN email.messages AS m USING (event_id) WHERE d.event_id = $1`,
      [eventId],
    );
    return row;
  };

  const inStatus = (person: NewPerson, status: string, timeoutMs = 25_000) =>
    eventually(async () => {
      const row = await rowOf(person);
      return row?.status === status && row;
    }, timeoutMs);

  /** One mail, at the first attempt. */
  const expectSent = async (person: NewPerson, timeoutMs?: number) => {
    await expect(inStatus(person, 'done', timeoutMs)).resolves.toMatchObject({
      attempts: 1,
      possible_duplicates: 0,
    });
    expect(exim.mailsTo(person.email)).toBe(1);
  };

  const signUp = (options?: PersonOptions) => {
    const person = newPerson(broker, options);
    person.publish();
    return person;
  };

  const metric = async (name: string, labels: Record<string, string> = {}) =>
    (await Scrape.of(worker.metricsUrl)).value(name, labels);

  describe('that has an answer for one mail', () => {
    beforeAll(() => start());
    afterAll(() => stop());

    it.each([
      // Then the ten RSETs after refusals are too many for it, and it drops the connection.
      ['450 4.2.0 greylisted', 'dropped: too many nonmail commands'],
      // It keeps the connection, and answers the commands that were sent together with RCPT.
      ['421 4.3.2 closing', 'temporarily rejected RCPT'],
    ])('%j to RCPT: it waits without an attempt, and no other does', async (reply, logged) => {
      const ada = newPerson(broker);
      await exim.answer({ [`RCPT/${ada.email}`]: reply });
      ada.publish();
      const rejected = `temporarily rejected RCPT <${ada.email}>: ${reply}`;
      await expect(inStatus(ada, 'retrying')).resolves.toMatchObject({ attempts: 0 });
      for (const person of [signUp(), signUp(), signUp()]) await expectSent(person);
      await eventually(() => exim.logged(rejected) > OFTEN && exim.logged(logged) > 0, 20_000);
      await expect(inStatus(ada, 'retrying')).resolves.toMatchObject({ attempts: 0 });
      expect(await metric('usher_email_paused')).toBe(0);
      await exim.answer({});
      await expectSent(ada);
    });

    it('550 5.1.1 to RCPT: it is a dead letter at the first answer', async () => {
      const ada = newPerson(broker);
      await exim.answer({ [`RCPT/${ada.email}`]: '550 5.1.1 no such mailbox' });
      ada.publish();
      await expect(inStatus(ada, 'failed')).resolves.toMatchObject({ attempts: 1 });
      await expectSent(signUp());
      expect(exim.logged(`rejected RCPT <${ada.email}>`)).toBe(1);
      expect(await broker.depth(deadLetterQueue(QUEUE))).toBe(1);
    });

    it('its end is answered after 25 s: it is sent once, and the mails of other queues do not wait', async () => {
      const ada = newPerson(broker);
      await exim.answer({ [`DELAY/${ada.email}`]: '25s' });
      ada.publish();
      const delayed = `delayed the answer to ${ada.email}`;
      await eventually(() => exim.logged(delayed) === 1);
      await expectSent(signUp({ definition: passwordResetRequested }));
      await expect(rowOf(ada)).resolves.toMatchObject({ status: 'processing' });
      await expectSent(ada, 40_000);
      expect(exim.logged(delayed)).toBe(1);
    }, 60_000);
  });

  describe('that takes fewer connections than the pool has', () => {
    let strict: Exim;

    beforeAll(async () => {
      strict = await Exim.start('smtp_accept_max_per_host = 2');
      const env = { SMTP_URL: `smtp://${strict.host}`, CONSUMER_PREFETCH: '8', SMTP_POOL: '8' };
      await start(env);
    });

    afterAll(async () => {
      await stop();
      await strict.stop();
    });

    it('gets all mails over those that it takes', async () => {
      const people = Array.from({ length: 60 }, () => signUp());
      for (const person of people) {
        await expect(inStatus(person, 'done', 40_000)).resolves.toMatchObject({ attempts: 1 });
        expect(strict.mailsTo(person.email)).toBe(1);
      }
      expect(strict.logged('too many connections')).toBeGreaterThan(0);
      expect(await metric('usher_email_paused')).toBe(0);
    }, 60_000);
  });

  describe('that refuses us', () => {
    afterEach(() => stop());

    it.each<[EximAnswers, string, string, string, string]>([
      [{ MAIL: '550 5.7.1 you may not send' }, 'rejected MAIL', '550 5.7.1', '', 'policy'],
      [{ AUTH: 'no' }, 'authenticator failed', '535 Incorrect', 'u:wrong@', 'authentication'],
    ])(
      'by %j is asked once a pause for 40 mails, and none is given up',
      async (...given) => {
        const [answers, refused, reply, userinfo, reason] = given;
        await exim.answer(answers);
        await start({ SMTP_URL: `smtp://${userinfo}${exim.host}`, CONSUMER_PREFETCH: '40' });
        const people = Array.from({ length: 40 }, () => signUp());
        const waiting = { consumer: QUEUE, outcome: 'waiting' };
        await eventually(
          async () => (await metric('usher_deliveries_total', waiting))! > people.length,
        );
        const times = exim.logged(refused);
        expect(times).toBeGreaterThanOrEqual(1);
        expect(times).toBeLessThanOrEqual(3);
        expect(await metric('usher_email_paused')).toBe(1);
        expect(await metric('usher_email_refusals_total', { reason })).toBe(exim.logged(refused));
        const readiness = (await (await fetch(`${worker.metricsUrl}/readyz`)).json()) as {
          checks: Record<string, string>;
        };
        expect(readiness.checks['mail-server']).toContain(reply);
        await exim.answer({});
        for (const person of people) await expectSent(person);
        expect(await broker.depth(deadLetterQueue(QUEUE))).toBe(0);
      },
      60_000,
    );
  });
});
