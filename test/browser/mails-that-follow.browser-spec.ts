import { signLinkToken } from '#libs/link-tokens';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { keepScreenshot, launchBrowser, visit, type Visit } from '../support/browser.js';
import {
  comeBack,
  signUpThere,
  submit,
  tipsSwitch,
  upcomingMails,
} from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

const KEY = 'a-signing-key-of-the-tests-of-mails-that-follow';
const OPS_TOKEN = 'a-token-for-operators';

/** What stands on the page, by its language. */
const WORDS = {
  en: {
    heading: 'Mails',
    tips: 'Mails with tips',
    first: 'Tips for your first week, if your address is confirmed by then',
    at: /9:00\sAM$/,
  },
  'zh-CN': {
    heading: '邮件',
    tips: '接收使用建议邮件',
    first: '第一周的使用建议（届时邮箱须已确认）',
    at: /\s0?9:00$/,
  },
} as const;

let browser: Browser;
let stack: Stack;
let visits: Visit[];

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack({
    LINK_SIGNING_KEY: KEY,
    OPS_TOKEN,
    JOURNEY_TIPS: '3d@09:00',
    JOURNEY_VERIFY_REMINDER: '24h',
  });
  await stack.start('api');
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

beforeEach(() => {
  visits = [];
});

afterEach(async () => {
  for (const { complaints, close } of visits) {
    expect(complaints).toEqual([]);
    await close();
  }
});

async function come(options: BrowserContextOptions = {}): Promise<Page> {
  const opened = await visit(browser, stack.url, options);
  visits.push(opened);
  return opened.page;
}

const moment = (page: Page) => upcomingMails(page).locator('time');

/** What is scheduled for the person with this address. */
const scheduledFor = (email: string) =>
  stack.database.query<{ key: string; due_at: Date }>(
    `SELECT split_part(key, ':', 2) AS key, due_at FROM messaging.scheduled
      WHERE subject = (SELECT id::text FROM accounts.users WHERE email = $1) ORDER BY due_at`,
    [email],
  );

/** The account is as if its person had signed up two hours ago, and not looked at it since. */
async function twoHoursLater(email: string): Promise<string> {
  const [user] = await stack.database.query<{ id: string }>(
    `UPDATE accounts.users SET created_at = created_at - interval '2 hours'
      WHERE email = $1 RETURNING id`,
    [email],
  );
  await stack.database.query(
    `UPDATE accounts.sessions SET last_seen_at = last_seen_at - interval '2 hours' WHERE user_id = $1`,
    [user!.id],
  );
  return user!.id;
}

describe.each(['en', 'zh-CN'] as const)('in %s', (locale) => {
  const words = WORDS[locale];

  it('tips are shown in words, with their time by the clock of the person', async () => {
    const page = await come({ locale, timezoneId: 'America/New_York' });
    const { email } = await signUpThere(page);
    await page.getByRole('heading', { name: words.heading, exact: true }).waitFor();
    await page.getByRole('switch', { name: words.tips, checked: true }).waitFor();
    await upcomingMails(page).filter({ hasText: words.first }).waitFor();
    await expect(moment(page).textContent()).resolves.toMatch(words.at);
    const [tips] = await scheduledFor(email);
    await expect(moment(page).getAttribute('datetime')).resolves.toBe(tips!.due_at.toISOString());
    await keepScreenshot(page, `mails-that-follow-${locale}`);
  });
});

describe('the switch for tips', () => {
  it('is worked by the keyboard; what was to follow goes, and comes back', async () => {
    const page = await come();
    const { email } = await signUpThere(page);
    await upcomingMails(page).waitFor();
    await tipsSwitch(page, true).focus();
    await page.keyboard.press('Space');
    await tipsSwitch(page, false).waitFor();
    await upcomingMails(page).waitFor({ state: 'detached' });
    await expect(scheduledFor(email)).resolves.toEqual([]);
    await page.locator('.switch:focus').waitFor();

    await page.reload();
    await tipsSwitch(page, false).focus();
    await page.keyboard.press('Enter');
    await tipsSwitch(page, true).waitFor();
    await upcomingMails(page).waitFor();
    await expect(scheduledFor(email)).resolves.toMatchObject([{ key: 'tips' }]);
  });

  it('stays as it was when the server cannot be reached, and says so', async () => {
    const page = await come();
    await signUpThere(page);
    await upcomingMails(page).waitFor();
    await page.route('**/v1/me', (route) => route.abort());
    await tipsSwitch(page, true).click();
    await page.locator('.mails').getByText('The server cannot be reached.').waitFor();
    await tipsSwitch(page, true).waitFor();
    await expect(upcomingMails(page).count()).resolves.toBe(1);
    await page.unroute('**/v1/me');
    await tipsSwitch(page, true).click();
    await tipsSwitch(page, false).waitFor();
  });
});

describe('a reminder to confirm the address', () => {
  it('is shown to somebody who comes back, and is gone once the address is confirmed', async () => {
    const page = await come();
    const { email } = await signUpThere(page);
    const userId = await twoHoursLater(email);
    await page.reload();
    const reminder = upcomingMails(page).filter({ hasText: 'A reminder to confirm your address' });
    await reminder.waitFor();
    await expect(upcomingMails(page).count()).resolves.toBe(2);

    const claims = { userId, email };
    const token = await signLinkToken(KEY, 'email-verification', claims, new Date());
    await stack.api.request('POST', '/v1/email-verifications', { body: { token } });
    await comeBack(page);
    await reminder.waitFor({ state: 'detached' });
    await expect(upcomingMails(page).textContent()).resolves.toMatch(
      /^Tips for your first week(?!,)/,
    );
  });
});

describe('somebody in another time zone', () => {
  it('sees the time of the zone that they signed up in, with its name', async () => {
    const { email, password } = await signUpThere(await come({ timezoneId: 'Asia/Shanghai' }));
    const page = await come({ timezoneId: 'Europe/Berlin' });
    await page.goto('/#log-in');
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(password);
    await submit(page).click();
    await expect(moment(page).textContent()).resolves.toMatch(/9:00\sAM\sGMT\+8$/);
  });
});

describe('an operator', () => {
  it('sees how many events wait until they are due, and how overdue they are', async () => {
    await stack.api.signUp();
    const [row] = await stack.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM messaging.scheduled',
    );
    const page = await come();
    await page.goto('/ops');
    await page.locator('#token').fill(OPS_TOKEN);
    await page.keyboard.press('Enter');
    await page.getByText(`${row!.count} waiting until they are due`).waitFor();
    await expect(page.getByText('most overdue by').count()).resolves.toBe(0);
    // As the API answers when nothing is promoted.
    await page.route('**/v1/ops/outbox', async (route) => {
      const response = await route.fetch();
      const outbox = (await response.json()) as object;
      const scheduled = { pending: 12, overdueSeconds: 300 };
      await route.fulfill({ response, json: { ...outbox, scheduled } });
    });
    await page.getByText('most overdue by 5 min').waitFor();
    await page.unrouteAll({ behavior: 'wait' });
  });
});
