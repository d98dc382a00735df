import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { Client } from 'pg';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { usher } from '../support/command-line.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { Launcher } from '../support/launcher.js';

const NOT_GIVEN = { DATABASE_URL: '', RABBITMQ_URL: '', SMTP_URL: '' };
/** Where nobody listens. */
const NOWHERE = 'amqp://127.0.0.1:1';

let directory: string;
const launchers: Launcher[] = [];

const fileIn = (data: string) => join(data, 'stack.json');
const read = async (data = directory) => JSON.parse(await readFile(fileIn(data), 'utf8'));
/** A data folder of another stack. */
const other = () => join(directory, 'other');

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-stack-file-'));
  // As root, PostgreSQL runs as a user of its own, who has to get in.
  await chmod(directory, 0o755);
});

afterEach(async () => {
  for (const launcher of launchers.splice(0)) await launcher.end();
  await rm(directory, { recursive: true, force: true });
});

/** On a port that no other launcher takes at the same moment. */
async function start(env: Record<string, string> = {}): Promise<Launcher> {
  const HTTP_PORT = String(await freePort());
  const launcher = Launcher.start({ ...NOT_GIVEN, DATA_DIR: directory, HTTP_PORT, ...env });
  launchers.push(launcher);
  return launcher;
}

/** `npm run usher` in the shell of a person who has set nothing else. */
const command = (args: string, env: Record<string, string> = {}) =>
  usher(args.split(' '), { ...NOT_GIVEN, DATA_DIR: directory, ...env });

async function select(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query<[unknown]>({ text: sql, rowMode: 'array' })).rows[0]![0];
  } finally {
    await client.end();
  }
}

async function open(url: string): Promise<void> {
  await (await connect(url)).close();
}

/** The same address with the name and the password of another. */
function withUserOf(url: string, another: string): string {
  const { username, password } = new URL(another);
  return Object.assign(new URL(url), { username, password }).href;
}

describe('.data/stack.json', () => {
  it('has every address of the stack once it is ready, for its owner alone, until it is stopped', async () => {
    const launcher = await (await start()).ready();
    const { version, pid, urls, metrics, opsToken } = await read();
    expect({ version, pid }).toEqual({ version: 1, pid: launcher.pid });
    expect((await stat(fileIn(directory))).mode & 0o777).toBe(0o600);

    const headers = { authorization: `Bearer ${opsToken}` };
    await expect(fetch(`${urls.api}/v1/ops/queues`, { headers })).resolves.toMatchObject({
      status: 200,
    });
    for (const url of [urls.page, urls.operations])
      expect((await fetch(url)).headers.get('content-type')).toContain('text/html');
    await expect((await fetch(`${urls.mail}/api/email`)).json()).resolves.toEqual([]);
    await expect(select(urls.database, 'SELECT count(*)::int FROM accounts.users')).resolves.toBe(
      0,
    );
    await open(urls.rabbitmq);
    expect(urls.smtp).toMatch(/^smtp:\/\/127\.0\.0\.1:\d+$/);
    expect(new Set(Object.keys(metrics))).toEqual(new Set(appNames()));
    for (const url of Object.values<string>(metrics))
      await expect(fetch(`${url}/readyz`)).resolves.toMatchObject({ status: 200 });

    // It asks the database and the broker.
    await expect(command('reconcile')).resolves.toMatchObject({ code: 0 });
    const named = await command('queues list', { RABBITMQ_URL: NOWHERE });
    expect(named).toMatchObject({ code: 1, stderr: expect.stringContaining('127.0.0.1:1') });

    await expect(launcher.end('SIGINT')).resolves.toBe(0);
    await expect(stat(fileIn(directory))).rejects.toThrow('ENOENT');
    const without = await command('queues list');
    expect(without).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('RABBITMQ_URL: is required'),
    });
  });

  it('names the servers that variables name, and no page of mails that nobody has started', async () => {
    const SMTP_URL = 'smtp://127.0.0.1:1';
    const RABBITMQ_URL = given('RABBITMQ_URL');
    await (await start({ SMTP_URL, RABBITMQ_URL })).ready();
    const { urls } = await read();
    expect(urls).toMatchObject({ smtp: SMTP_URL, rabbitmq: RABBITMQ_URL });
    expect(urls).not.toHaveProperty('mail');
  });

  it('of a launcher that was killed is refused with what to do, and replaced by the next', async () => {
    const RABBITMQ_URL = given('RABBITMQ_URL');
    const first = await (await start({ RABBITMQ_URL })).ready();
    const left = await read();
    first.killAll();
    await eventually(() => first.hasExited);
    const stale = await command('queues list');
    expect(stale).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /stack\.json .*killed .*start it again, or name .*RABBITMQ_URL/,
      ),
    });
    await expect(command('queues list', { RABBITMQ_URL })).resolves.toMatchObject({ code: 0 });

    const second = await start({ RABBITMQ_URL });
    await eventually(() =>
      stat(fileIn(directory)).then(
        () => false,
        () => true,
      ),
    );
    await second.ready();
    expect((await read()).pid).toBe(second.pid);
    // As if another program had got the id of the launcher that was killed.
    await writeFile(fileIn(directory), JSON.stringify({ ...left, pid: process.pid }));
    await expect(command('queues list')).resolves.toMatchObject({ code: 1 });
    await writeFile(fileIn(directory), JSON.stringify({ ...left, pid: second.pid, version: 2 }));
    await expect(command('queues list')).resolves.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('another version'),
    });
  });
});

describe('the passwords of a local stack', () => {
  it('open no other stack', async () => {
    const [one, two] = [await start(), await start({ DATA_DIR: other() })];
    await Promise.all([one.ready(), two.ready()]);
    const [ours, theirs] = [(await read()).urls, (await read(other())).urls];
    await expect(select(withUserOf(theirs.database, theirs.database), 'SELECT 1')).resolves.toBe(1);
    await expect(select(withUserOf(theirs.database, ours.database), 'SELECT 1')).rejects.toThrow(
      'password authentication failed',
    );
    await open(withUserOf(theirs.rabbitmq, theirs.rabbitmq));
    await expect(open(withUserOf(theirs.rabbitmq, ours.rabbitmq))).rejects.toThrow(
      'ACCESS_REFUSED',
    );
  });

  it('are those of before in a data folder of before', async () => {
    await writeFile(join(directory, 'postgres.password'), 'usher');
    await (await (await start()).ready()).end();
    // What a launcher of before has left behind.
    for (const name of ['postgres', 'broker']) await rm(join(directory, `${name}.password`));
    const launcher = await (await start()).ready();
    for (const part of ['PostgreSQL', 'broker'])
      expect(launcher.addressOf(part)).toContain('://usher:usher@');
    await expect(select(launcher.addressOf('PostgreSQL'), 'SELECT 1')).resolves.toBe(1);
    await open(launcher.addressOf('broker'));
  });
});
