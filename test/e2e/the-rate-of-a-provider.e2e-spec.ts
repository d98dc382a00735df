import { usherMessaging } from '#libs/contracts';
import { advanceClock, deadLetterQueue, planTopology } from '#libs/messaging';
import { eventually } from '../support/eventually.js';
import { Scrape } from '../support/prometheus-text.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';

const WELCOME = 'email-worker.send-welcome-email';
const PER_SECOND = 5;
/** Enough that the last ones cannot wait in a handler. */
const PEOPLE = 50;
/** More than can go out within 5 s: otherwise they wait in the queue, and not in the ledger. */
const MANY_IN_HAND = { CONSUMER_PREFETCH: '40' };
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let broker: TestBroker;
let workers: RunningApp[];
/** When each mail was accepted. */
let arrivals: number[];

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack({ MAIL_RATE: `${PER_SECOND}/1s` });
  stack.smtp.accepted = () => void arrivals.push(performance.now());
  const [, ...started] = await Promise.all([
    stack.start('api'),
    stack.start('email-worker', MANY_IN_HAND),
    stack.start('email-worker', MANY_IN_HAND),
  ]);
  workers = started;
});

beforeEach(() => {
  arrivals = [];
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

const signUpAll = (count: number) =>
  Promise.all(Array.from({ length: count }, () => stack.api.signUp()));

const waiting = async () => {
  const [row] = await stack.database.query<{ postponed: number; attempts: number }>(
    `SELECT (SELECT count(*)::int FROM messaging.postponed WHERE consumer = $1) AS postponed,
            coalesce(max(attempts) FILTER (WHERE status = 'retrying'), 0)::int AS attempts
       FROM messaging.deliveries WHERE consumer = $1`,
    [WELCOME],
  );
  return row!;
};

describe('the rate of a provider', () => {
  it('is kept by all workers together; nothing is lost, sent twice, or uses up an attempt', async () => {
    const answers = await signUpAll(PEOPLE);
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    await eventually(async () => {
      const { postponed, attempts } = await waiting();
      expect(attempts).toBe(0);
      return postponed > 0;
    });
    await eventually(() => arrivals.length >= PEOPLE);
    expect(stack.smtp.mails).toHaveLength(PEOPLE);
    expect(new Set(stack.smtp.mails.map(({ to }) => to)).size).toBe(PEOPLE);
    // They are sent at equal distances, and a busy machine lets some arrive late, so that only all together tell.
    const seconds = (arrivals.at(-1)! - arrivals[0]!) / 1_000;
    expect(seconds).toBeGreaterThan(0.8 * (PEOPLE / PER_SECOND));
    await eventually(async () => {
      const [row] = await stack.database.query<{ done: number }>(
        `SELECT count(*)::int AS done FROM messaging.deliveries
          WHERE consumer = $1 AND status = 'done' AND attempts = 1`,
        [WELCOME],
      );
      return row!.done === PEOPLE;
    });
    expect(await broker.depth(deadLetterQueue(WELCOME))).toBe(0);
    const waits = await Promise.all(
      workers.map(async ({ metricsUrl }) =>
        (await Scrape.of(metricsUrl)).value('usher_mail_rate_wait_seconds_count'),
      ),
    );
    expect(waits.reduce((sum: number, count) => sum + (count ?? 0), 0)).toBeGreaterThanOrEqual(
      PEOPLE,
    );
  });

  it('is lowered when the provider says so: nothing goes out for half a minute, then for twice as long', async () => {
    const pause = async () => {
      const [row] = await stack.database.query<{ seconds: number; ahead: number }>(
        `SELECT extract(epoch FROM pause)::int AS seconds,
                extract(epoch FROM next_at - messaging.now())::float8 AS ahead FROM email.rate`,
      );
      return row!;
    };
    stack.smtp.words = '4.7.0 too many mails, try again later';
    stack.smtp.rule = () => 450;
    await signUpAll(1);
    await eventually(async () => (await pause()).seconds === 30);
    expect((await pause()).ahead).toBeGreaterThan(20);

    stack.smtp.rule = () => undefined;
    await signUpAll(1);
    await eventually(async () => (await waiting()).postponed > 0);
    expect(arrivals).toEqual([]);
    stack.smtp.rule = () => 450;
    await advanceClock(usherMessaging, stack.database, 40_000);
    await eventually(async () => (await pause()).seconds === 60);

    stack.smtp.rule = () => undefined;
    await advanceClock(usherMessaging, stack.database, 80_000);
    await eventually(() => arrivals.length === 2);
  });
});
