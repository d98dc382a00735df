import type { Browser } from 'playwright-core';
import { keepScreenshot, launchBrowser, visit } from '../support/browser.js';
import { fillSignUp, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

let browser: Browser;
let stack: Stack;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack({ CHALLENGE: 'altcha', CHALLENGE_WHEN: 'always' });
  await Promise.all([stack.start('api'), stack.start('recommendation-worker')]);
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

describe('a sign-up that has to solve a challenge', () => {
  it.each([
    ['en', 'keeps bots away'],
    ['zh-CN', '阻挡机器注册'],
  ])('says so in %s, solves it by itself, and makes one account', async (locale, words) => {
    const person = await visit(browser, stack.url, { locale });
    const { page } = person;
    const posts: (number | undefined)[] = [];
    page.on('response', (response) => {
      if (response.request().method() === 'POST' && response.url().endsWith('/v1/signups'))
        posts.push(response.status());
    });
    // It solves for as long as it takes to look at it.
    let goOn!: () => void;
    const seen = new Promise<void>((resolve) => (goOn = resolve));
    await page.route(/\/assets\/solve-[^/]+\.js$/, async (route) => {
      await seen;
      await route.continue();
    });
    const { email } = await fillSignUp(page);
    await submit(page).click();
    await page.getByRole('status').filter({ hasText: words }).waitFor();
    await keepScreenshot(page, `a-challenge-${locale}`);
    goOn();
    await page.locator('.timeline .lane[data-step=welcome-email]').waitFor();
    expect(posts).toEqual([428, 201]);
    const rows = await stack.database.query('SELECT 1 FROM accounts.users WHERE email = $1', [
      email,
    ]);
    expect(rows).toHaveLength(1);
    expect(person.complaints).toEqual([]);
    await person.close();
  });

  it('says what to do in a browser that cannot solve it, and keeps the form', async () => {
    const person = await visit(browser, stack.url);
    const { page } = person;
    await page.addInitScript('delete window.Worker');
    const { email } = await fillSignUp(page);
    await submit(page).click();
    await page.getByRole('alert').filter({ hasText: 'with https' }).waitFor();
    await expect(page.locator('#email').inputValue()).resolves.toBe(email);
    await expect(submit(page).isEnabled()).resolves.toBe(true);
    await person.close();
  });
});
