import { Client } from 'pg';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usherMessaging } from '#libs/contracts';
import { deadLetterQueue, planTopology } from '#libs/messaging';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { randomName } from '../support/random-name.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const GUIDE = 'notification-worker.deliver-getting-started-guide';
const SIZE = '1m';
const tablespace = `small_${randomName()}`;
const topology = planTopology(usherMessaging, [1_000, 2_000]);

/** A file system that can be filled; undefined where this user may not mount one. */
const disk = mountDisk();
const ballast = join(disk ?? '', 'ballast');
let stack: Stack;
let broker: TestBroker;

function mountDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'usher-disk-'));
  try {
    const mount = ['-t', 'tmpfs', '-o', `size=${SIZE},mode=700`, 'tmpfs', directory];
    execFileSync('mount', mount, { stdio: 'pipe' });
    return directory;
  } catch {
    rmSync(directory, { recursive: true });
    process.stderr.write('Skipped: this user may not mount a file system.\n');
    return undefined;
  }
}

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack();
});

afterAll(async () => {
  await stack.stop();
  await administer(`DROP TABLESPACE IF EXISTS ${tablespace}`);
  await broker.deleteAll(topology);
  await broker.close();
  if (!disk) return;
  execFileSync('umount', [disk]);
  await rm(disk, { recursive: true });
});

async function administer(sql: string): Promise<Record<string, string>> {
  const client = new Client({ connectionString: given('DATABASE_URL') });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows[0] as Record<string, string>;
}

async function fill(): Promise<void> {
  const { bavail, bsize } = await statfs(disk!);
  await writeFile(ballast, Buffer.alloc(bavail * bsize));
}

const moveToDisk = (table: string) =>
  stack.database.query(`ALTER TABLE ${table} SET TABLESPACE ${tablespace}`);

async function guideOf(userId: string) {
  const [row] = await stack.database.query<{ status: string; attempts: number; error: string }>(
    `SELECT status, attempts, last_error AS error FROM messaging.deliveries
      WHERE consumer = $1 AND subject = $2`,
    [GUIDE, userId],
  );
  return row;
}

(disk ? describe : describe.skip)('a disk that is full', () => {
  let userId: string;

  beforeAll(async () => {
    const { data_directory: data } = await administer('SHOW data_directory');
    const { uid, gid } = statSync(data!);
    execFileSync('chown', [`${uid}:${gid}`, disk!]);
    await administer(`CREATE TABLESPACE ${tablespace} LOCATION '${disk}'`);
    await Promise.all([stack.start('api'), stack.start('notification-worker')]);
  });

  it('makes a worker wait, without using up attempts', async () => {
    await moveToDisk('notification.notifications');
    await fill();
    const { status, body } = await stack.api.signUp();
    expect(status).toBe(201);
    userId = body.user.id;
    const waiting = await eventually(async () => {
      const row = await guideOf(userId);
      return row?.status === 'retrying' && row;
    });
    expect(waiting.attempts).toBe(0);
    expect(waiting.error).toContain('No space left on device');
  });

  it('makes sign-ups come again', async () => {
    await rm(ballast);
    await moveToDisk('accounts.users');
    await fill();
    // What is free on the last page of the table is filled first.
    const refused = await eventually(async () => {
      const answer = await stack.api.signUp();
      return answer.status !== 201 && answer;
    });
    expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('has cost nothing once there is space again', async () => {
    await rm(ballast);
    expect((await stack.api.signUp()).status).toBe(201);
    await eventually(async () => (await guideOf(userId))?.status === 'done');
    await expect(broker.depth(deadLetterQueue(GUIDE))).resolves.toBe(0);
  });
});
