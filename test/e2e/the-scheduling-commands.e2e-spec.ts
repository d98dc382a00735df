import { tipsDue, usherMessaging } from '#libs/contracts';
import { createEvent, ScheduledEvents } from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import { usher } from '../support/command-line.js';
import { createLeastRoles, type LeastRoles } from '../support/least-roles.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const TRAVEL = { USHER_TIME_TRAVEL: 'on' };

let db: TestDatabase;
let roles: LeastRoles;
/** As the operator, with the least rights. */
let env: Record<string, string>;
/** As who migrates: nobody else may move the clock. */
let owner: Record<string, string>;

beforeAll(async () => {
  db = await createTestDatabase();
  roles = await createLeastRoles(db.url);
  env = { DATABASE_URL: roles.urlOf('operator') };
  owner = { DATABASE_URL: roles.urlOf('migrate') };
});

afterAll(async () => {
  await db.drop();
  await roles.drop();
});

afterEach(() => db.database.query('TRUNCATE messaging.scheduled'));

async function schedule(at: Date, userId = randomUUID()): Promise<string> {
  const key = `journey:tips:${userId}`;
  const context = { source: 'test', subject: userId, correlationId: 'test' };
  await db.database.transaction((transaction) =>
    new ScheduledEvents(usherMessaging).schedule(
      transaction,
      createEvent(tipsDue, { userId }, context),
      { key, at },
    ),
  );
  return key;
}

const json = async (args: string[]) => JSON.parse((await usher([...args, '--json'], env)).stdout);

const TOMORROW = new Date(Date.now() + 86_400_000);
const LATER = new Date(Date.now() + 2 * 86_400_000);

describe('usher scheduled list', () => {
  it('shows what is scheduled, the next one first', async () => {
    const [mike, mei] = [randomUUID(), randomUUID()];
    await schedule(LATER, mike);
    await schedule(TOMORROW, mei);
    const rows = [
      {
        key: `journey:tips:${mei}`,
        type: tipsDue.type,
        subject: mei,
        dueAt: TOMORROW.toISOString(),
      },
      {
        key: `journey:tips:${mike}`,
        type: tipsDue.type,
        subject: mike,
        dueAt: LATER.toISOString(),
      },
    ];
    await expect(json(['scheduled', 'list'])).resolves.toEqual(rows);
    await expect(json(['scheduled', 'list', '--limit', '1'])).resolves.toEqual(rows.slice(0, 1));
    await expect(json(['scheduled', 'list', '--user', mike.toUpperCase()])).resolves.toEqual([
      rows[1],
    ]);
    await expect(json(['scheduled', 'list', '--type', 'user.registered.v1'])).resolves.toEqual([]);
    const { stdout } = await usher(['scheduled', 'list'], env);
    expect(stdout).toMatch(/^DUE +TYPE +USER +KEY\n/);
    expect(stdout).toContain(rows[0]!.key);
  });

  it('says so when there is nothing', async () => {
    await expect(usher(['scheduled', 'list'], env)).resolves.toMatchObject({
      code: 0,
      stdout: 'Nothing is scheduled.\n',
    });
    await expect(json(['scheduled', 'list'])).resolves.toEqual([]);
  });

  it.each([
    [['--limit', '0']],
    [['--limit', '10001']],
    [['--limit', 'many']],
    [['--user', 'mike']],
  ])('refuses %j', async (args) => {
    const { code, stderr } = await usher(['scheduled', 'list', ...args], env);
    expect(code).toBe(2);
    expect(stderr).toContain(args[0]);
  });
});

describe('usher scheduled cancel', () => {
  it('takes one back, and fails for one that is not there', async () => {
    const key = await schedule(TOMORROW);
    await expect(json(['scheduled', 'cancel', key])).resolves.toEqual({ cancelled: true });
    await expect(json(['scheduled', 'list'])).resolves.toEqual([]);
    await expect(usher(['scheduled', 'cancel', key], env)).resolves.toMatchObject({
      code: 1,
      stderr: `Nothing is scheduled as '${key}'.\n`,
    });
  });
});

describe('usher clock advance', () => {
  it('moves the clock on, and says how far it is ahead', async () => {
    const advance = (by: string) =>
      usher(['clock', 'advance', by, '--json'], { ...owner, ...TRAVEL });
    expect(JSON.parse((await advance('90m')).stdout)).toEqual({ offset: '90m' });
    expect(JSON.parse((await advance('30m')).stdout)).toEqual({ offset: '2h' });
    const [row] = await db.database.query<{ ahead: number }>(
      'SELECT extract(epoch FROM messaging.now() - clock_timestamp())::int AS ahead',
    );
    expect(row!.ahead).toBe(7_200);
  });

  it('needs to be allowed, and is never allowed in production', async () => {
    const refused = await usher(['clock', 'advance', '1h'], env);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('USHER_TIME_TRAVEL=on');
    const production = await usher(['clock', 'advance', '1h'], {
      ...env,
      ...TRAVEL,
      NODE_ENV: 'production',
    });
    expect(production).toMatchObject({ code: 78 });
    expect(production.stderr).toContain('USHER_TIME_TRAVEL: is refused with NODE_ENV=production');
  });

  it.each(['1', '-1h', 'tomorrow', '', '0s', '3651d', '999999999d'])(
    'does not take %j',
    async (by) => {
      const { code } = await usher(['clock', 'advance', by], { ...env, ...TRAVEL });
      expect(code).toBe(2);
    },
  );
});
