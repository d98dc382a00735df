import type { Browser, Page } from 'playwright-core';
import { launchBrowser, visit, type Visit } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { fillSignUp, submit } from '../support/page-actions.js';
import { NARROW } from '../support/in-line.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { signUpBody } from '../support/api-client.js';

/** People who come just before. */
const CROWD = 150;

let browser: Browser;
let stack: Stack;
let person: Visit;
let page: Page;
let crowd: Promise<unknown>;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack(NARROW);
  await stack.start('api');
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

afterEach(async () => {
  await crowd;
  expect(person.complaints).toEqual([]);
  await person.close();
});

const visitIn = async (locale: string) => {
  person = await visit(browser, stack.url, { locale });
  page = person.page;
};

/** Comes before the person, and finishes. */
function aCrowdComes(): void {
  crowd = Promise.all(
    Array.from({ length: CROWD }, async () => {
      const answer = await stack.api.signUp(signUpBody());
      expect(answer.status).toBe(201);
    }),
  );
}

const place = () => page.locator('.place dd').first();
const timeline = () => page.locator('.timeline .lane[data-step=welcome-email]');
const numberOf = async () => Number((await place().textContent())!.replaceAll(/\D/g, ''));

describe('somebody who signs up in a crowd', () => {
  it('sees place and time, the number falls, and the account is made without another click', async () => {
    await visitIn('en');
    await fillSignUp(page);
    aCrowdComes();
    await submit(page).click();
    await page.getByRole('heading', { name: 'You are in the line' }).waitFor();
    const first = await numberOf();
    expect(first).toBeGreaterThan(20);
    await expect(page.locator('.place dd').nth(1).textContent()).resolves.toMatch(/\d+ seconds?/);
    await expect(page.getByRole('status').first().textContent()).resolves.toContain(
      'You are number',
    );
    await expect(page.getByRole('progressbar').count()).resolves.toBe(1);
    await expect(submit(page).isVisible()).resolves.toBe(false);
    await eventually(async () => (await numberOf()) < first - 5);
    await timeline().waitFor({ timeout: 30_000 });
  });

  it('does all that by keyboard, in Chinese', async () => {
    await visitIn('zh-CN');
    await fillSignUp(page);
    aCrowdComes();
    await page.locator('#password').press('Enter');
    await page.getByRole('heading', { name: '你正在排队' }).waitFor();
    await expect(page.evaluate('document.activeElement.tagName')).resolves.toBe('H2');
    await expect(page.getByRole('status').first().textContent()).resolves.toMatch(/第 \d+ 位/);
    await page.keyboard.press('Tab');
    await expect(page.evaluate('document.activeElement.textContent')).resolves.toBe('退出排队');
    await timeline().waitFor({ timeout: 30_000 });
  });

  it('keeps the place over a reload, and all but the password', async () => {
    await visitIn('en');
    const { email, displayName, password } = await fillSignUp(page);
    aCrowdComes();
    await submit(page).click();
    await place().waitFor();
    const before = await numberOf();
    await page.reload();
    await page.getByText('Your place in the line is kept').waitFor();
    await page.locator('#password:focus').waitFor();
    await expect(page.locator('#password').inputValue()).resolves.toBe('');
    await expect(page.locator('#email').inputValue()).resolves.toBe(email);
    await expect(page.locator('#displayName').inputValue()).resolves.toBe(displayName);
    await page.locator('#password').fill(password);
    await submit(page).click();
    await place().waitFor();
    expect(await numberOf()).toBeLessThanOrEqual(before);
    await timeline().waitFor({ timeout: 30_000 });
  });

  it('can leave the line, and finds the form as it was', async () => {
    await visitIn('en');
    const { email } = await fillSignUp(page);
    aCrowdComes();
    await submit(page).click();
    await page.getByRole('button', { name: 'Leave the line' }).click();
    await expect(page.locator('#email').inputValue()).resolves.toBe(email);
    await page.locator('form h2:focus').waitFor();
    await expect(page.getByText('Your place in the line is kept').count()).resolves.toBe(0);
  });

  it('sees that the password is common before the line', async () => {
    await visitIn('en');
    crowd = Promise.resolve();
    await fillSignUp(page);
    await page.locator('#password').fill('qwerty123456789');
    await page.locator('.strength[data-level]').waitFor();
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    await submit(page).click();
    await page.locator('#password-error').waitFor();
    expect(sent.filter((url) => url.endsWith('/v1/signups'))).toEqual([]);
  });
});
