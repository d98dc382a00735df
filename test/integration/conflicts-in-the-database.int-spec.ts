import { Controller } from '@nestjs/common';
import { type CloudEvent, deadLetterQueue, type Delivery, Subscribe } from '#libs/messaging';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

const { subscribe, event } = testEvents();
const writing = subscribe('write-a-row');

/** How often the handler was run for an event. */
const runs = new Map<string, number>();
/** The events that had been in a wait queue when their handler was run. */
const waited = new Set<string>();

@Controller()
class WriteARow {
  @Subscribe(writing)
  async handle({ id }: CloudEvent, delivery: Delivery): Promise<void> {
    runs.set(id, (runs.get(id) ?? 0) + 1);
    if (await rowOf(id)) waited.add(id);
    await delivery.inTransaction((transaction) =>
      transaction.query('INSERT INTO public.effects VALUES ($1)', [id]),
    );
  }
}

let db: TestDatabase;
let broker: TestBroker;
let worker: TestWorker;

beforeAll(async () => {
  db = await createTestDatabase();
  // Refuses rows with the SQLSTATE in public.refusal, as many times as its counter says.
  await db.database.query(`
    CREATE TABLE public.counters (value int);
    INSERT INTO public.counters VALUES (0);
    CREATE TABLE public.effects (event_id uuid);
    CREATE TABLE public.refusal (sqlstate text, times int);
    CREATE SEQUENCE public.refused;
    CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE refusal public.refusal;
    BEGIN
      SELECT * INTO refusal FROM public.refusal;
      IF FOUND AND nextval('public.refused') <= refusal.times THEN
        RAISE EXCEPTION 'refused by the test' USING ERRCODE = refusal.sqlstate;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON public.effects FOR EACH ROW EXECUTE FUNCTION public.refuse()`);
  broker = await TestBroker.connect();
  worker = await startTestWorker({
    subscriptions: [writing],
    handlers: [WriteARow],
    database: db.database,
  });
});

afterEach(() => accept());

afterAll(async () => {
  await worker.close();
  await broker.deleteAll(worker.topology);
  await broker.close();
  await db.drop();
});

const ALWAYS = 1_000_000;

async function refuse(sqlstate: string, times: number): Promise<void> {
  await db.database.query("SELECT setval('public.refused', 1, false)");
  await db.database.query('INSERT INTO public.refusal VALUES ($1, $2)', [sqlstate, times]);
}

async function accept(): Promise<void> {
  await db.database.query('DELETE FROM public.refusal');
}

async function rowOf(id: string) {
  const [row] = await db.database.query<{ status: string; attempts: number }>(
    'SELECT status, attempts FROM messaging.deliveries WHERE event_id = $1',
    [id],
  );
  return row;
}

describe('two transactions of which one has to be undone', () => {
  it('both happen, the second after the first', async () => {
    let readers = 0;
    let bothHaveRead = () => {};
    const met = new Promise<void>((resolve) => (bothHaveRead = resolve));
    let tries = 0;
    const increment = () =>
      db.database.transaction(async (transaction) => {
        tries++;
        await transaction.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
        const [row] = await transaction.query<{ value: number }>(
          'SELECT value FROM public.counters',
        );
        if (++readers === 2) bothHaveRead();
        await met;
        await transaction.query('UPDATE public.counters SET value = $1', [row!.value + 1]);
      });
    await Promise.all([increment(), increment()]);
    await expect(db.database.query('SELECT value FROM public.counters')).resolves.toEqual([
      { value: 2 },
    ]);
    expect(tries).toBe(3);
  });
});

describe('a single statement', () => {
  it.each(['40001', '40P01'])('is sent again at once after %s', async (sqlstate) => {
    await refuse(sqlstate, 3);
    await db.database.query('INSERT INTO public.effects VALUES (gen_random_uuid())');
    await expect(db.database.query('SELECT last_value::int FROM public.refused')).resolves.toEqual([
      { last_value: 4 },
    ]);
  });
});

describe('an event whose effect meets', () => {
  it.each(['40001', '40P01'])(
    '%s is handled again at once, within its attempt',
    async (sqlstate) => {
      await refuse(sqlstate, 2);
      const happened = event();
      broker.publish(happened);
      await eventually(async () => (await rowOf(happened.id))?.status === 'done');
      expect(runs.get(happened.id)).toBe(3);
      expect(waited).not.toContain(happened.id);
      await expect(rowOf(happened.id)).resolves.toMatchObject({ attempts: 1 });
    },
  );

  it.each(['40001', '53100', '53200', '55P03', '58030'])(
    '%s for long waits, and uses up no attempt',
    async (sqlstate) => {
      await refuse(sqlstate, ALWAYS);
      const happened = event();
      broker.publish(happened);
      // More often than there are attempts.
      await eventually(() => (runs.get(happened.id) ?? 0) > 4);
      await expect(rowOf(happened.id)).resolves.toMatchObject({ status: 'retrying', attempts: 0 });
      await eventually(() => waited.has(happened.id));
      await accept();
      await eventually(async () => (await rowOf(happened.id))?.status === 'done');
      await expect(broker.depth(deadLetterQueue(writing.consumer))).resolves.toBe(0);
    },
  );

  it.each(['08P01', '22003'])('%s is a defect, and ends in the dead letters', async (sqlstate) => {
    await refuse(sqlstate, ALWAYS);
    const happened = event();
    broker.publish(happened);
    await eventually(async () => (await rowOf(happened.id))?.status === 'failed');
    expect(runs.get(happened.id)).toBe(3);
    await expect(broker.take(deadLetterQueue(writing.consumer))).resolves.toMatchObject({
      properties: { messageId: happened.id },
    });
  });
});
