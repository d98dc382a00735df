import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { appNames } from '../../tools/start/src/app-command.js';
import { keepScreenshot, launchBrowser, visit } from '../support/browser.js';
import { fillSignUp, lane, signUpThere, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

const OPS_TOKEN = 'a-token-for-operators';

let browser: Browser;
let stack: Stack;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack({ OPS_TOKEN });
  const apps = appNames();
  await Promise.all(apps.map((app) => stack.start(app)));
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

/** Each way leads to a state of the page that is looked at. */
const STATES: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  'the sign-up': (page) => page.goto('/'),
  'a sign-up with errors': async (page) => {
    await page.goto('/');
    await page.locator('.chip').first().click();
    await submit(page).click();
    await page.locator('.error').first().waitFor();
  },
  'the log-in': (page) => page.goto('/#log-in'),
  'a forgotten password': (page) => page.goto('/#forgot'),
  'an account': async (page) => {
    await signUpThere(page);
    await lane(page, 'welcome-email', 'done').waitFor();
    await page.locator('.inbox summary').click();
    await page.locator('.recommendations li').first().waitFor();
  },
  'other interests': async (page) => {
    await signUpThere(page);
    await page.getByRole('button', { name: 'Change interests' }).click();
    await page.locator('.change-interests').waitFor();
  },
  'a place in the line': async (page) => {
    await page.route('**/v1/signups', (route) => route.fulfill(inLine()));
    await fillSignUp(page);
    await submit(page).click();
    await page.locator('.place').waitFor();
  },
  'a long name': async (page) => {
    await fillSignUp(page, { displayName: 'W'.repeat(100) });
    await submit(page).click();
    await page.getByRole('heading', { name: 'WWW' }).waitFor();
  },
  'a link to confirm': (page) => page.goto('/verify-email#token=altered'),
  'a link that is no good': async (page) => {
    await page.goto('/verify-email#token=altered');
    await submit(page).click();
    await page.getByText('This link no longer works.').waitFor();
  },
  'a link that has done its work': async (page) => {
    await page.goto('/verify-email');
    await page.evaluate(`history.replaceState({ outcome: 'spent' }, '')`);
    await page.reload();
    await page.getByText('confirmed already').waitFor();
  },
  'a new password': (page) => page.goto('/reset-password#token=some'),
  'a used link to a new password': async (page) => {
    await page.goto('/reset-password');
    await page.evaluate(`history.replaceState({ outcome: 'spent' }, '')`);
    await page.reload();
    await page.getByText('This link has been used.').waitFor();
  },
  operations: async (page) => {
    await page.goto('/ops');
    await page.locator('#token').fill(OPS_TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('row').nth(1).waitFor();
  },
};

/** The answer to somebody before whom many have come. */
function inLine() {
  const expectedWaitSeconds = 3_725.5;
  return {
    status: 503,
    contentType: 'application/problem+json',
    headers: { 'Retry-After': '3726', 'Usher-Ticket': 'ticket' },
    body: JSON.stringify({
      code: 'overloaded',
      place: 123_456,
      turnAt: new Date(Date.now() + expectedWaitSeconds * 1_000).toISOString(),
      expectedWaitSeconds,
      ticket: 'ticket',
    }),
  };
}

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1_280, height: 860 };

describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
  it.each(Object.entries(STATES))('%s has nothing that keeps anybody out', async (name, reach) => {
    const { page, close } = await visit(browser, stack.url, {
      colorScheme,
      viewport: DESK,
      reducedMotion: 'reduce',
    });
    await reach(page);
    await page.waitForLoadState('networkidle').catch(() => undefined);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      where: nodes.map(({ target }) => target.join(' ')),
    }));
    await keepScreenshot(page, `${name.replaceAll(' ', '-')}-${colorScheme}`);
    expect(found.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    await close();
  });
});

describe('on every screen', () => {
  it.each(Object.entries(STATES))('%s never has to be scrolled sideways', async (_, reach) => {
    const { page, close } = await visit(browser, stack.url, { viewport: PHONE });
    await reach(page);
    await page.locator('main').waitFor();
    const overflow = () =>
      page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
    await expect(overflow()).resolves.toBe(0);
    await page.getByRole('button', { name: '中文' }).click();
    await page.locator('html[lang=zh-CN]').waitFor();
    await expect(overflow()).resolves.toBe(0);
    await close();
  });

  it('the header of the smallest phone is one line', async () => {
    const viewport = { width: 320, height: 640 };
    const { page, close } = await visit(browser, stack.url, { viewport });
    await page.goto('/');
    await page.locator('.modes').waitFor();
    for (const language of ['中文', 'English']) {
      const lines = await page.evaluate<number>(
        `new Set([...document.querySelectorAll('.bar button')].filter((button) => button.checkVisibility())
           .map((button) => Math.round(button.getBoundingClientRect().height))).size`,
      );
      expect(lines).toBe(1);
      const box = (await page.locator('.bar').boundingBox())!;
      expect(box.height).toBeLessThan(72);
      await page.getByRole('button', { name: language }).click();
      await page.locator(`html[lang=${language === '中文' ? 'zh-CN' : 'en'}]`).waitFor();
    }
    await close();
  });

  it('a phone shows how many dead letters there are', async () => {
    const { page, close } = await visit(browser, stack.url, { viewport: PHONE });
    await STATES['operations']!(page);
    const box = (await page.getByRole('columnheader').last().boundingBox())!;
    expect(box.x + box.width).toBeLessThanOrEqual(PHONE.width);
    await close();
  });

  it.each([PHONE, DESK])('nothing moves while the page is loading (%o)', async ({ width }) => {
    // High enough for everything: what moves out of sight does not count.
    const { page, close } = await visit(browser, stack.url, { viewport: { width, height: 2_000 } });
    // How far the parts of the page have moved: https://web.dev/articles/cls
    await page.addInitScript(`
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) window.shifts.push(value);
      }).observe({ type: 'layout-shift', buffered: true });
    `);
    // Each answer comes at a time of its own.
    let answers = 0;
    await page.route('**/v1/**', async (route) => {
      const response = await route.fetch();
      await new Promise((resolve) => setTimeout(resolve, 150 * ++answers));
      await route.fulfill({ response });
    });
    await page.goto('/', { waitUntil: 'networkidle' });
    await page.locator('.chip').first().waitFor();
    const shifts = await page.evaluate<number[]>('window.shifts');
    expect(shifts.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.01);
    await close();
  });
});
