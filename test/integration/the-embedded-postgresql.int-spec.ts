import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { RunningPart } from '../../tools/embedded-stack/src/part.js';
import { postgres } from '../../tools/embedded-stack/src/parts/postgres.js';

let directory: string;
const running: RunningPart[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-postgresql-'));
  // As root, PostgreSQL runs as a user of its own, who has to get in.
  await chmod(directory, 0o755);
});

afterEach(async () => {
  for (const { stop } of running.splice(0)) await stop();
  await rm(directory, { recursive: true, force: true });
});

async function start(name: string): Promise<RunningPart> {
  const part = await postgres(join(directory, name)).start();
  running.push(part);
  return part;
}

async function ask(url: string, ...statements: string[]): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const answers = [];
    for (const sql of statements)
      answers.push((await client.query({ text: sql, rowMode: 'array' })).rows);
    return answers.flat(2).at(-1);
  } finally {
    await client.end();
  }
}

/** The process id that the server has recorded in its data folder. */
const recordOf = (name: string) => join(directory, name, 'postmaster.pid');
const pidOf = async (name: string) =>
  Number((await readFile(recordOf(name), 'utf8')).split('\n')[0]);

describe('the embedded PostgreSQL', () => {
  it('counts characters, not bytes, whatever the locale of the shell', async () => {
    const before = process.env['LC_ALL'];
    process.env['LC_ALL'] = 'C';
    try {
      const { url } = await start('data');
      await expect(ask(url, "SELECT length('你好')")).resolves.toBe(2);
    } finally {
      if (before === undefined) delete process.env['LC_ALL'];
      else process.env['LC_ALL'] = before;
    }
  });

  it('names a database of another encoding and what to do, and does not use it', async () => {
    const first = await start('data');
    const url = new URL(first.url);
    url.pathname = '/postgres';
    await ask(
      url.href,
      'DROP DATABASE usher',
      "CREATE DATABASE usher TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'",
    );
    await first.stop();
    await expect(start('data')).rejects.toThrow(/encoding SQL_ASCII; Usher needs UTF8.*DATA_DIR/);
  });

  it('that cannot start says what PostgreSQL says', async () => {
    const first = await start('data');
    await first.stop();
    await writeFile(join(directory, 'data', 'PG_VERSION'), '9\n');
    const message = await start('data').then(
      () => 'started',
      (error: Error) => error.message,
    );
    expect(message).toContain('database files are incompatible with server');
    expect(message).not.toContain('undefined');
  });

  it('ends the server that a killed launcher has left behind in its folder', async () => {
    const first = await start('data');
    const leftover = await pidOf('data');
    process.kill(first.pid!, 'SIGKILL');
    await expect(ask(first.url, 'SELECT 1')).resolves.toBe(1);
    const { url } = await start('data');
    await expect(ask(url, 'SELECT 1')).resolves.toBe(1);
    await expect(ask(first.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await expect(pidOf('data')).resolves.not.toBe(leftover);
  });

  it('leaves another PostgreSQL alone that has the process id of an old record, and starts', async () => {
    const other = await start('other');
    const old = await start('data');
    const record = await readFile(recordOf('data'), 'utf8');
    const [ours, theirs] = [await pidOf('data'), await pidOf('other')];
    await old.stop();
    await writeFile(recordOf('data'), record.replace(String(ours), String(theirs)));
    const { url } = await start('data');
    await expect(ask(url, 'SELECT 1')).resolves.toBe(1);
    await expect(ask(other.url, 'SELECT 1')).resolves.toBe(1);
    await expect(pidOf('other')).resolves.toBe(theirs);
  });
});
