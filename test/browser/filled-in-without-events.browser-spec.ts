import type { Browser, Page } from 'playwright-core';
import { PASSWORD, signUpBody } from '../support/api-client.js';
import { launchBrowser, visit, type Visit } from '../support/browser.js';
import { linkIn, nextMail } from '../support/mail-links.js';
import { fillSilently, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

const OPS_TOKEN = 'a-token-for-operators';
const NEW_PASSWORD = 'three purple umbrellas';

let browser: Browser;
let stack: Stack;
let person: Visit;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack({ OPS_TOKEN });
  await Promise.all([stack.start('api'), stack.start('email-worker')]);
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

beforeEach(async () => {
  person = await visit(browser, stack.url);
  page = person.page;
});

afterEach(async () => {
  expect(person.complaints).toEqual([]);
  await person.close();
});

async function fillAll(fields: Readonly<Record<string, string>>): Promise<void> {
  await page.locator(`#${Object.keys(fields)[0]}`).waitFor();
  for (const [field, value] of Object.entries(fields)) await fillSilently(page, field, value);
}

describe('a field that was filled in without an event counts as it is seen', () => {
  it('in the sign-up, also after something else was changed', async () => {
    const { email } = signUpBody();
    await page.goto('/');
    await fillAll({ email, password: PASSWORD });
    await page.locator('#displayName').fill('Mei');
    await page.locator('.chip').first().click();
    await expect(page.locator('#email').inputValue()).resolves.toBe(email);
    await submit(page).click();
    await page.getByRole('heading', { name: 'Welcome, Mei.' }).waitFor();
    await expect(
      stack.database.query('SELECT 1 FROM accounts.users WHERE email = $1', [email]),
    ).resolves.toHaveLength(1);
  });

  it('in a sign-up that is refused, and in the log-in that it leads to', async () => {
    const { email } = signUpBody();
    await stack.api.signUp({ email });
    await page.goto('/');
    await fillAll({ displayName: 'Mei', email, password: PASSWORD });
    await submit(page).click();
    await page.getByRole('button', { name: 'Log in instead?' }).click();
    await expect(page.locator('#email').inputValue()).resolves.toBe(email);
  });

  it('in the log-in', async () => {
    const { email } = signUpBody();
    await stack.api.signUp({ email });
    await page.goto('/#log-in');
    await fillAll({ email, password: PASSWORD });
    await submit(page).click();
    await page.locator('.account').waitFor();
  });

  it('where a new password is asked for, and where it is chosen', async () => {
    const { email } = signUpBody();
    await stack.api.signUp({ email });
    await page.goto('/#forgot');
    await fillAll({ email });
    await submit(page).click();
    await page.goto(linkIn(await nextMail(stack.smtp, email, 'reset-password')));
    await fillAll({ password: NEW_PASSWORD });
    await submit(page).click();
    await page.getByText('Your new password is saved.').waitFor();
  });

  it('where another link is asked for', async () => {
    const { email } = signUpBody();
    await stack.api.signUp({ email });
    await page.goto('/verify-email');
    await fillAll({ email });
    await submit(page).click();
    await nextMail(stack.smtp, email, 'verify-email', 1);
  });

  it('at the gate of the operations page', async () => {
    await page.goto('/ops');
    await fillAll({ token: OPS_TOKEN, operator: 'Grace' });
    await submit(page).click();
    await page.getByRole('heading', { name: 'Outbox' }).waitFor();
    await expect(page.evaluate(`sessionStorage.getItem('usher.operator')`)).resolves.toBe('Grace');
  });
});

describe('a password that is being chosen', () => {
  it('stands in the field and nowhere else in the page', async () => {
    await page.goto('/');
    await page.locator('#password').fill(PASSWORD);
    await page.locator('.chip').first().click();
    await expect(page.content()).resolves.not.toContain(PASSWORD);
  });
});
