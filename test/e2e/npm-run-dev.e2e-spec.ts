import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { copyCheckout } from '../support/checkout.js';
import { eventually } from '../support/eventually.js';
import { isRunning, Launcher } from '../support/launcher.js';

/** A changed source is built within seconds, and within minutes beside three other lanes on a slow machine. */
const BUILD_MS = 240_000;
/** It builds everything before it starts. */
const START_MS = 300_000;
const TITLED = 'apps/api/src/openapi/api-reference.ts';
const PAGE = 'apps/web/index.html';

let checkout: string;
let dev: Launcher;

const fileIn = (path: string) => join(checkout, path);

function edit(path: string, change: (text: string) => string): void {
  const before = readFileSync(fileIn(path), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(fileIn(path), after);
}

beforeAll(async () => {
  checkout = await copyCheckout();
  dev = Launcher.start(
    {
      DATA_DIR: fileIn('.data'),
      DATABASE_URL: '',
      RABBITMQ_URL: '',
      SMTP_URL: '',
      HTTP_PORT: String(await freePort()),
    },
    { checkout, watch: true },
  );
  await dev.ready(START_MS);
}, START_MS);

afterAll(async () => {
  await dev?.end();
  rmSync(checkout, { recursive: true, force: true });
});

const ask = async (path: string) => (await fetch(`${dev.addressOf('api')}${path}`)).text();

const title = async (): Promise<string> => JSON.parse(await ask('/openapi.json')).info.title;

const isPartOf = /(dist\/apps\/[\w-]+\/src\/main\.js|parts\/\S+\.main\.js|maildev\.js)/;
/** The process ids of the apps and of the servers. */
function processes() {
  const parts = dev.descendants().filter(({ command }) => isPartOf.test(command));
  const isApp = ({ command }: { command: string }) => command.includes('dist/apps');
  const ids = (some: typeof parts) => some.map(({ pid }) => pid);
  return { apps: ids(parts.filter(isApp)), servers: ids(parts.filter((part) => !isApp(part))) };
}

const restarts = () => dev.text.split('Starting the apps with the new build').length - 1;

describe('npm run dev', () => {
  it(
    'starts all apps with a changed source, and leaves the servers alone',
    async () => {
      const before = processes();
      expect(before.apps).toHaveLength(appNames().length);
      expect(before.servers).toHaveLength(3);
      edit(TITLED, (text) => text.replace(".setTitle('Usher')", ".setTitle('Changed')"));
      await eventually(async () => (await title()) === 'Changed', BUILD_MS);
      const after = processes();
      expect(after.servers).toEqual(before.servers);
      expect(after.apps).toHaveLength(before.apps.length);
      expect(after.apps.filter((pid) => before.apps.includes(pid))).toEqual([]);
    },
    BUILD_MS,
  );

  it(
    'shows an error of the compiler, and the apps of before go on',
    async () => {
      const before = { ...processes(), restarts: restarts() };
      edit(TITLED, (text) => `${text}\nexport const broken: number = 'text';\n`);
      await eventually(
        () => dev.text.includes(`${TITLED}:`) && dev.text.includes('TS2322'),
        BUILD_MS,
      );
      await expect(title()).resolves.toBe('Changed');
      expect(processes().apps).toEqual(before.apps);
      expect(readFileSync(fileIn(`dist/${TITLED.replace('.ts', '.js')}`), 'utf8')).not.toContain(
        'broken',
      );
      edit(TITLED, (text) =>
        text.replace("number = 'text'", 'number = 1').replace('Changed', 'Repaired'),
      );
      await eventually(async () => (await title()) === 'Repaired', BUILD_MS);
      expect(restarts()).toBe(before.restarts + 1);
    },
    BUILD_MS,
  );

  it(
    'builds a changed page',
    async () => {
      edit(PAGE, (text) => text.replace(/<title>.*<\/title>/, '<title>A changed page</title>'));
      await eventually(async () => (await ask('/')).includes('A changed page'), BUILD_MS);
    },
    BUILD_MS,
  );

  it('ends with all that it has started', async () => {
    const started = dev.descendants().map(({ pid }) => pid);
    // Two builders besides.
    expect(started.length).toBeGreaterThanOrEqual(appNames().length + 3 + 2);
    await expect(dev.end('SIGINT')).resolves.toBe(0);
    expect(started.filter(isRunning)).toEqual([]);
  });
});
