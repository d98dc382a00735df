import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { root } from '../../tools/embedded-stack/src/paths.js';

/** Debian's package, or whatever is named. */
const CHROMIUM = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';

/** For what hangs: a machine may be slow. */
const TIMEOUT_MS = 60_000;

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function chromiumThere(): string {
  if (!existsSync(CHROMIUM)) throw new Error(`there is no ${CHROMIUM}: apt-get install chromium`);
  return CHROMIUM;
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumThere(), args: ARGUMENTS });
}

/** A window of a person of its own, and what the page has complained of in it. */
export interface Visit {
  readonly page: Page;
  /** Errors of scripts and of the content security policy; a refused request is none. */
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

export async function visit(
  browser: Browser,
  baseURL: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ baseURL, locale: 'en', ...options });
  context.setDefaultTimeout(TIMEOUT_MS);
  return visitIn(context, () => context.close());
}

/** A visit of somebody whose browser blocks cookies, and with them all storage, by its settings. */
export async function visitWithoutCookies(baseURL: string): Promise<Visit> {
  const profile = await mkdtemp(join(tmpdir(), 'usher-profile-'));
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  await mkdir(join(profile, 'Default'));
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(settings));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumThere(),
    args: ARGUMENTS,
    baseURL,
    locale: 'en',
  });
  return visitIn(context, async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  });
}

async function visitIn(context: BrowserContext, close: () => Promise<void>): Promise<Visit> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
  });
  return { page, complaints, close };
}

/** Makes the device's clock wrong by so much, for the documents that the page opens from now on. */
export const shiftClock = (page: Page, milliseconds: number) =>
  page.addInitScript(`
    const now = () => RealDate.now() + ${milliseconds};
    const RealDate = Date;
    Date = class extends RealDate {
      constructor(...parts) {
        super(...(parts.length === 0 ? [now()] : parts));
      }
      static now = now;
    };
  `);

/** Keeps a picture of the whole page, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({
    path: join(root, 'artifacts', 'browser', `${name}.png`),
    fullPage: true,
  });
}
