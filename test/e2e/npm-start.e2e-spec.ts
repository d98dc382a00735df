import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase } from '../support/test-database.js';

const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  scripts: Record<string, string>;
};

/** As npm runs the script. */
function npmStart(args: string, env: Record<string, string> = {}) {
  const child = spawn('sh', ['-c', `${scripts['start']} ${args}`], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: '', RABBITMQ_URL: '', SMTP_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null, string | null]>,
  ]).then(([stdout, stderr, [code]]) => ({ code, output: stdout + stderr }));
  return { child, ended };
}

it.each(['', 'nonsense', 'api email-worker'])(
  "npm start '%s' ends with 2 and lists the apps",
  async (args) => {
    const { code, output } = await npmStart(args).ended;
    expect(code).toBe(2);
    for (const name of appNames()) expect(output).toContain(`  ${name}\n`);
  },
);

it.each(appNames())('npm start %s passes on the exit code of the app', async (name) => {
  const { code, output } = await npmStart(name).ended;
  expect(output).toContain(`${name}: The configuration has`);
  expect(code).toBe(78);
});

it.each(['SIGTERM', 'SIGINT'] as const)(
  'npm start <app> becomes the app, with its limits, and %s ends it in order',
  async (signal) => {
    const db = await createTestDatabase();
    const port = await freePort();
    const { child, ended } = npmStart('notification-worker', {
      DATABASE_URL: db.url,
      RABBITMQ_URL: given('RABBITMQ_URL'),
      METRICS_PORT: String(port),
    });
    await eventually(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok);
    const command = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8').split('\0');
    expect(command[0]).toMatch(/node$/);
    expect(command).toEqual(
      expect.arrayContaining(['--max-old-space-size=192', '--max-semi-space-size=4']),
    );
    child.kill(signal);
    await expect(ended).resolves.toMatchObject({ code: 0 });
    await db.drop();
  },
);

it('the scripts start:<app> are the same', () => {
  const aliases = Object.entries(scripts).filter(([name]) => name.startsWith('start:'));
  expect(aliases.length).toBeGreaterThan(0);
  for (const [name, script] of aliases)
    expect(script).toBe(`${scripts['start']} ${name.replace('start:', '')}`);
});
