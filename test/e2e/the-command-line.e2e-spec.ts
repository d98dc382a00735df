import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { usher } from '../support/command-line.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, dropAllSchemas } from '../support/test-database.js';

const QUEUE = 'notification-worker.deliver-getting-started-guide';

describe('usher migrate', () => {
  it('brings an empty database up to date, and can be run again', async () => {
    const db = await createTestDatabase();
    await dropAllSchemas(db.database);
    const first = await usher(['migrate', '--json'], { DATABASE_URL: db.url });
    expect(first).toMatchObject({ code: 0 });
    const result = JSON.parse(first.stdout);
    const ran = await db.database.query<{ name: string }>(
      'SELECT name FROM migrations.applied ORDER BY applied_at',
    );
    expect(result.migrations).toEqual(ran.map(({ name }) => name));
    expect(ran.length).toBeGreaterThan(0);
    expect(result.sampleItems).toBeGreaterThanOrEqual(300);
    const second = await usher(['migrate'], { DATABASE_URL: db.url });
    expect(second).toMatchObject({ code: 0 });
    expect(second.stdout).toContain('up to date');
    await db.drop();
  });
});

describe('usher topology', () => {
  let broker: TestBroker;
  const topology = planTopology(usherMessaging, [1_000, 10_000, 60_000, 600_000]);

  beforeAll(async () => {
    broker = await TestBroker.connect();
    await broker.deleteAll(topology);
  });

  afterAll(async () => {
    await broker.deleteAll(topology);
    await broker.close();
  });

  it('plan shows what would be declared, as text and as JSON', async () => {
    const { code, stdout } = await usher(['topology', 'plan', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(topology)));
    const { stdout: readable } = await usher(['topology', 'plan']);
    expect(readable).toMatch(new RegExp(`^${QUEUE} +x-queue-type=quorum x-delivery-limit=50`, 'm'));
  });

  it('check names what is missing; apply declares it; check is content', async () => {
    const before = await usher(['topology', 'check', '--json']);
    expect(before.code).toBe(1);
    expect(JSON.parse(before.stdout).problems).toContainEqual({
      entity: `queue '${QUEUE}'`,
      problem: 'missing',
    });
    await expect(usher(['topology', 'apply'])).resolves.toMatchObject({ code: 0 });
    await expect(usher(['topology', 'check'])).resolves.toMatchObject({ code: 0 });
  });

  it('check names queue, argument and both values of a difference, and changes nothing', async () => {
    const retry = `${QUEUE}.retry.1s`;
    const planned = topology.queues.find(({ name }) => name === retry)!;
    await broker.channel.deleteQueue(retry);
    await broker.channel.assertQueue(retry, {
      durable: true,
      arguments: { ...planned.arguments, 'x-message-ttl': 2_000 },
    });
    const { code, stdout } = await usher(['topology', 'check']);
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`${retry}.*x-message-ttl.*'1000'.*'2000'`));
  });
});

describe('a wrong command', () => {
  it.each([[['nonsense']], [['topology']], [['topology', 'plan', '--nonsense']]])(
    '%j ends with 2',
    async (args) => {
      const { code, stderr } = await usher(args);
      expect(code).toBe(2);
      expect(stderr).not.toBe('');
    },
  );

  it('a bad environment ends with 2, too, and says what is wrong', async () => {
    const { code, stderr } = await usher(['migrate'], { DATABASE_URL: 'nonsense' });
    expect(code).toBe(2);
    expect(stderr).toContain('DATABASE_URL');
  });

  it('a database that cannot be reached ends with 1', async () => {
    const { code, stderr } = await usher(['migrate'], {
      DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('ECONNREFUSED');
  });

  it('help is no mistake', async () => {
    const { code, stdout } = await usher(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('migrate');
  });
});
