import type { Browser, Page } from 'playwright-core';
import { signUpBody } from '../support/api-client.js';
import { launchBrowser, visit, type Visit } from '../support/browser.js';
import { linkIn, nextMail } from '../support/mail-links.js';
import { fillSignUp, openAsMachine, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

let browser: Browser;
let stack: Stack;
let person: Visit;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack({ SIGNUP_MODE: 'private' });
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

const inbox = () => page.getByRole('heading', { name: 'Look into your inbox' });

describe('with SIGNUP_MODE=private', () => {
  it('the page promises no log-in at once', async () => {
    await page.goto('/');
    await page.getByText('You confirm your address').waitFor();
    await expect(page.getByText('you are in').count()).resolves.toBe(0);
    await expect(page.getByText('you are logged in').count()).resolves.toBe(0);
  });

  it('a sign-up ends in the mail: sent again, after a reload too, or to another address', async () => {
    const { email } = await fillSignUp(page);
    await submit(page).click();
    await inbox().waitFor();
    await nextMail(stack.smtp, email, 'verify-email');
    await page.reload();
    await inbox().waitFor();
    await page.getByText(email).waitFor();
    await page.getByRole('button', { name: 'Send the link again' }).click();
    await page.getByText('the mail is on its way').waitFor();
    await nextMail(stack.smtp, email, 'verify-email', 1);
    await page.getByRole('button', { name: 'Correct the address' }).click();
    await expect(page.locator('#email').inputValue()).resolves.toBe(email);
  });

  it('a log-in before the address is confirmed says what may be missing, and after it works', async () => {
    const { email, password } = await fillSignUp(page);
    await submit(page).click();
    await inbox().waitFor();
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page.locator('#email').inputValue()).resolves.toBe(email);
    await page.locator('#password').fill(password);
    await submit(page).click();
    await page.getByText('Have you confirmed your address yet?').waitFor();
    await page.getByRole('button', { name: 'Send the link again' }).click();
    const link = linkIn(await nextMail(stack.smtp, email, 'verify-email', 1));
    await page.goto(link);
    await page.getByRole('button', { name: 'Confirm my address' }).click();
    await page.getByRole('link', { name: 'To the log-in' }).click();
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(password);
    await submit(page).click();
    await page.locator('.account').waitFor();
  });

  it('a stranger is not let in by a machine that opens the mail of somebody else', async () => {
    const { email, password } = signUpBody();
    await stack.api.signUp({ email });
    const link = linkIn(await nextMail(stack.smtp, email, 'verify-email'));
    await expect(openAsMachine(page, link)).resolves.toEqual([]);
    const logIn = () => stack.api.request('POST', '/v1/sessions', { body: { email, password } });
    await expect(logIn()).resolves.toMatchObject({ status: 401 });
    await page.getByText('If you did not sign up, close this page').waitFor();
    await page.getByRole('button', { name: 'Confirm my address' }).click();
    await page.getByRole('link', { name: 'To the log-in' }).waitFor();
    await expect(logIn()).resolves.toMatchObject({ status: 201 });
  });
});
