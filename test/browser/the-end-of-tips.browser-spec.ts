import { AxeBuilder } from '@axe-core/playwright';
import { signLinkToken } from '#libs/link-tokens';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { keepScreenshot, launchBrowser, visit, type Visit } from '../support/browser.js';
import { openAsMachine, signUpThere, tipsSwitch, upcomingMails } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

const KEY = 'a-signing-key-of-the-tests-of-the-end-of-tips';
const DAY_MS = 86_400_000;
const PHONE = { width: 360, height: 740 };

/** The width of a card, in pixels: it shows whether the page has its styles. */
const CARD_WIDTH = 480;

/** What stands on the page, by its language. */
const WORDS = {
  en: {
    asks: 'Do you want no more tips?',
    end: 'Send me no more tips',
    ended: 'You get no more tips',
    expired: 'This link has expired',
    unknown: 'This link does not work',
    account: 'To your account',
  },
  'zh-CN': {
    asks: '不再接收使用建议？',
    end: '不再接收使用建议',
    ended: '已停止发送使用建议',
    expired: '此链接已过期',
    unknown: '此链接无效',
    account: /^前往/,
  },
} as const;

let browser: Browser;
let stack: Stack;
let person: Visit;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack({ LINK_SIGNING_KEY: KEY });
  await stack.start('api');
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

afterEach(async () => {
  expect(person.complaints).toEqual([]);
  await person.close();
});

async function come(options: BrowserContextOptions): Promise<Page> {
  person = await visit(browser, stack.url, options);
  return person.page;
}

const linkFor = async (userId: string, issuedAt = new Date()) =>
  `/unsubscribe/${await signLinkToken(KEY, 'unsubscribe', { userId }, issuedAt)}`;

async function accountOf(email: string) {
  const [row] = await stack.database.query<{ id: string; tips: boolean; upcoming: number }>(
    `SELECT id, tips, (SELECT count(*)::int FROM messaging.scheduled WHERE subject = u.id::text) AS upcoming
       FROM accounts.users AS u WHERE email = $1`,
    [email],
  );
  return row!;
}

/** Signs up by the API. */
async function signedUp(locale: string) {
  const { body } = await stack.api.signUp({ locale });
  return { id: body.user.id as string, email: body.user.email as string };
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

describe.each(['en', 'zh-CN'] as const)('a link that ends tips, in %s', (locale) => {
  const words = WORDS[locale];

  it('does so by its button, and not by being opened', async () => {
    const page = await come({ locale });
    const { email } = await signUpThere(page);
    await upcomingMails(page).waitFor();
    const { id } = await accountOf(email);
    const link = await linkFor(id);
    await expect(openAsMachine(page, link)).resolves.toEqual([]);
    await heading(page, words.asks).waitFor();
    await expect(page.locator('html').getAttribute('lang')).resolves.toBe(locale);
    await expect(accountOf(email)).resolves.toEqual({ id, tips: true, upcoming: 1 });
    await keepScreenshot(page, `the-end-of-tips-${locale}`);

    await button(page, words.end).click();
    await heading(page, words.ended).waitFor();
    await expect(accountOf(email)).resolves.toEqual({ id, tips: false, upcoming: 0 });

    const read = page.waitForResponse('**/v1/me/onboarding');
    await page.getByRole('link', { name: words.account }).click();
    await tipsSwitch(page, false).waitFor();
    await read;
    await expect(upcomingMails(page).count()).resolves.toBe(0);
  });

  it('needs no script and no mouse, and can be used again', async () => {
    const { id, email } = await signedUp(locale);
    const page = await come({ javaScriptEnabled: false });
    for (let times = 0; times < 2; times++) {
      await page.goto(await linkFor(id));
      const box = (await page.locator('.card').boundingBox())!;
      expect(Math.round(box.width)).toBe(CARD_WIDTH);
      await button(page, words.end).focus();
      await page.keyboard.press('Enter');
      await heading(page, words.ended).waitFor();
      await expect(accountOf(email)).resolves.toMatchObject({ tips: false });
    }
    await page.locator('a.brand').click();
    await page.waitForURL(`${stack.url}/`);
  });

  it('says what to do when it is no good, and changes nothing', async () => {
    const { id, email } = await signedUp(locale);
    const page = await come({ locale });
    const expired = await linkFor(id, new Date(Date.now() - 366 * DAY_MS));
    for (const [link, expected] of [
      [expired, words.expired],
      ['/unsubscribe/altered', words.unknown],
    ] as const) {
      const answer = await page.goto(link);
      expect(answer!.status()).toBe(400);
      await heading(page, expected).waitFor();
      await page.getByRole('link', { name: words.account }).waitFor();
      await expect(page.getByRole('button').count()).resolves.toBe(0);
    }
    await expect(accountOf(email)).resolves.toMatchObject({ tips: true });
  });
});

/** Each way leads to a state of the page that is looked at. */
const STATES: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  'the question': async (page) => page.goto(await linkFor((await signedUp('en')).id)),
  'the end': async (page) => {
    await page.goto(await linkFor((await signedUp('en')).id));
    await button(page, WORDS.en.end).click();
    await heading(page, WORDS.en.ended).waitFor();
  },
  'a link that is no good': (page) => page.goto('/unsubscribe/altered'),
};

describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
  it.each(Object.entries(STATES))('%s has nothing that keeps anybody out', async (_, reach) => {
    const page = await come({ colorScheme, viewport: PHONE });
    await reach(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(found.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(' '))])).toEqual(
      [],
    );
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBe(0);
  });
});
