import type { Browser } from 'playwright-core';
import { appNames } from '../../tools/start/src/app-command.js';
import { keepScreenshot, launchBrowser, visit, type Visit } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { linkIn, nextMail } from '../support/mail-links.js';
import { fillSignUp, lane, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

const STEPS = ['account', 'welcome-email', 'recommendations', 'getting-started-guide'];

/** What stands on the page, by its language. */
const WORDS = {
  en: {
    title: 'Usher: sign up and watch it happen',
    submit: 'Create account',
    welcome: 'Welcome, Mei.',
    complete: 'Everything has arrived.',
    because: 'because you chose',
    guide: 'Getting started',
    confirm: 'Confirm my address',
    confirmed: 'Your address is confirmed.',
    logOut: 'Log out',
    logIn: 'Log in',
    forgot: 'Forgot your password?',
    saved: 'Your new password is saved. Log in with it.',
    refused: 'Address or password is wrong.',
  },
  'zh-CN': {
    title: 'Usher：注册，然后看着一切就绪',
    submit: '创建账号',
    welcome: 'Mei，欢迎。',
    complete: '全部就绪。',
    because: '因为你选择了',
    guide: '新手指南',
    confirm: '确认邮箱',
    confirmed: '邮箱已确认。',
    logOut: '退出登录',
    logIn: '登录',
    forgot: '忘记密码？',
    saved: '新密码已保存，请用它登录。',
    refused: '邮箱或密码不正确。',
  },
} as const;

let browser: Browser;
let stack: Stack;
let person: Visit;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack();
  const apps = appNames();
  await Promise.all(apps.map((app) => stack.start(app)));
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

afterEach(() => person.close());

/** How many recommendations the person with this address has followed. */
async function openedBy(email: string): Promise<number> {
  const [row] = await stack.database.query<{ opened: number }>(
    `SELECT count(*)::int AS opened FROM recommendation.opened
     WHERE user_id = (SELECT id FROM accounts.users WHERE email = $1)`,
    [email],
  );
  return row!.opened;
}

describe.each(['en', 'zh-CN'] as const)('somebody who reads %s', (locale) => {
  const words = WORDS[locale];

  it('signs up, watches everything arrive, confirms, and comes back with another password', async () => {
    person = await visit(browser, stack.url, { locale });
    const { page } = person;
    const { email, password } = await fillSignUp(page, { displayName: 'Mei' });
    await expect(page.title()).resolves.toBe(words.title);
    await expect(page.locator('html').getAttribute('lang')).resolves.toBe(locale);
    await expect(submit(page).textContent()).resolves.toBe(words.submit);
    for (const tag of ['programming', 'history'])
      await page.locator(`.chip:has([value=${tag}])`).click();
    await keepScreenshot(page, `sign-up-${locale}`);
    await submit(page).click();

    await page.getByRole('heading', { name: words.welcome }).waitFor();
    for (const step of STEPS) await lane(page, step, 'done').waitFor();
    await page.getByText(words.complete).waitFor();
    for (const latency of await page.locator('.lane .latency').allTextContents()) {
      expect(latency).toMatch(/^\d+(\.\d)?\s?(ms|sec|毫秒|秒)$/);
    }
    const because = page.locator('.recommendations .because');
    await eventually(async () => (await because.count()) >= 5);
    await expect(because.first().textContent()).resolves.toContain(words.because);
    const leftFor = page.context().waitForEvent('page');
    await page.locator('.recommendations a').first().click();
    await (await leftFor).close();
    await eventually(async () => (await openedBy(email)) === 1);

    await page.locator('.inbox .badge').waitFor();
    await page.locator('.inbox summary', { hasText: words.guide }).click();
    await page.locator('.inbox .badge').waitFor({ state: 'detached' });
    await keepScreenshot(page, `account-${locale}`);

    const mails = await page.context().newPage();
    await mails.goto(linkIn(await nextMail(stack.smtp, email, 'verify-email')));
    await mails.getByRole('button', { name: words.confirm }).click();
    await mails.getByText(words.confirmed).waitFor();
    expect(new URL(mails.url()).hash).toBe('');
    await mails.getByRole('link', { name: /Usher/ }).last().click();
    await mails.getByRole('heading', { name: words.welcome }).waitFor();
    await expect(mails.locator('.confirm').count()).resolves.toBe(0);

    await mails.getByRole('button', { name: words.logOut }).click();
    await mails.getByRole('button', { name: words.logIn }).click();
    await mails.getByRole('button', { name: words.forgot }).click();
    await mails.locator('#email').fill(email);
    await submit(mails).click();
    await mails.goto(linkIn(await nextMail(stack.smtp, email, 'reset-password')));
    await mails.locator('#password').fill('three purple umbrellas');
    await submit(mails).click();
    await mails.getByText(words.saved).waitFor();

    await mails.locator('a.primary').click();
    await mails.locator('#email').fill(email);
    await mails.locator('#password').fill(password);
    await submit(mails).click();
    await mails.getByText(words.refused).waitFor();
    await mails.locator('#password').fill('three purple umbrellas');
    await submit(mails).click();
    await mails.getByRole('heading', { name: words.welcome }).waitFor();
    expect(person.complaints).toEqual([]);
  });
});

describe('the language', () => {
  it('is changed by a click, at once and for the next visit', async () => {
    person = await visit(browser, stack.url);
    const { page } = person;
    await page.goto('/');
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { name: WORDS['zh-CN'].submit }).waitFor();
    await page.locator('.chip', { hasText: '编程' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: WORDS['zh-CN'].submit }).waitFor();
  });
});
