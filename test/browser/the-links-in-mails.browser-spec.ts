import { signLinkToken } from '#libs/link-tokens';
import type { Browser, Page } from 'playwright-core';
import { signUpBody } from '../support/api-client.js';
import { keepScreenshot, launchBrowser, visit, type Visit } from '../support/browser.js';
import { linkIn, nextMail } from '../support/mail-links.js';
import { openAsMachine, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

const KEY = 'a-signing-key-of-the-tests-of-links';
const NEW_PASSWORD = 'three purple umbrellas';

let browser: Browser;
let stack: Stack;
let person: Visit;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack({ LINK_SIGNING_KEY: KEY });
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

async function signedUp() {
  const { email } = signUpBody();
  const { body } = await stack.api.signUp({ email });
  const me = () => stack.api.get('/v1/me', body.session.token);
  return {
    id: body.user.id as string,
    email,
    link: linkIn(await nextMail(stack.smtp, email, 'verify-email')),
    isVerified: async () => (await me()).body.emailVerified as boolean,
  };
}

async function resetLink(email: string): Promise<string> {
  await stack.api.request('POST', '/v1/password-resets', { body: { email } });
  return linkIn(await nextMail(stack.smtp, email, 'reset-password'));
}

/** In a browser that has never been here. */
async function elsewhere(look: (page: Page) => Promise<unknown>): Promise<void> {
  const other = await visit(browser, stack.url);
  await look(other.page);
  expect(other.complaints).toEqual([]);
  await other.close();
}

const confirm = (on: Page) => on.getByRole('button', { name: 'Confirm my address' });
const heading = (on: Page, name: string) => on.getByRole('heading', { name, exact: true });
const CONFIRMED = 'Your address is confirmed.';
const ALREADY = 'Your address is confirmed already.';
const USED = 'This link has been used.';
const INVALID = 'This link is altered or has expired.';

async function confirmAt(on: Page, link: string, expected: string): Promise<void> {
  await on.goto(link);
  await confirm(on).click();
  await heading(on, expected).waitFor();
}

describe('a link that confirms an address', () => {
  it('does so by a click, and not by being opened, scripts and all', async () => {
    const { link, isVerified } = await signedUp();
    await expect(openAsMachine(page, link)).resolves.toEqual([]);
    await expect(isVerified()).resolves.toBe(false);
    await confirm(page).click();
    await heading(page, CONFIRMED).waitFor();
    await expect(isVerified()).resolves.toBe(true);
  });

  it('is in no address and no history while it works, and works after a reload', async () => {
    const { link, isVerified } = await signedUp();
    await page.goto(link);
    await confirm(page).waitFor();
    expect(page.url()).toBe(`${stack.url}/verify-email`);
    await page.reload();
    await confirm(page).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('main:focus').waitFor();
    await page.reload();
    await confirm(page).click();
    await heading(page, CONFIRMED).waitFor();
    await expect(isVerified()).resolves.toBe(true);
  });

  it('says that it has done its work, after a reload and wherever it is opened again', async () => {
    const { id, email, link } = await signedUp();
    await confirmAt(page, link, CONFIRMED);
    await page.reload();
    await heading(page, ALREADY).waitFor();
    await page.getByRole('link', { name: 'Go on to Usher' }).waitFor();
    await keepScreenshot(page, 'confirmed-already');
    await confirmAt(page, link, ALREADY);
    await elsewhere((other) => confirmAt(other, link, ALREADY));
    const expired = await signLinkToken(
      KEY,
      'email-verification',
      { userId: id, email },
      new Date(Date.now() - 8 * 86_400_000),
    );
    await elsewhere((other) => confirmAt(other, `/verify-email#token=${expired}`, ALREADY));
  });

  it('can be opened in the window of another one', async () => {
    const [first, second] = [await signedUp(), await signedUp()];
    await confirmAt(page, first.link, CONFIRMED);
    await confirmAt(page, second.link, CONFIRMED);
    await expect(second.isVerified()).resolves.toBe(true);
  });

  it('needs no mouse, and what became of it is read out', async () => {
    const { link } = await signedUp();
    await page.goto(link);
    await confirm(page).focus();
    await page.keyboard.press('Enter');
    await page.locator('h1:focus', { hasText: CONFIRMED }).waitFor();
  });

  it('can be clicked again when the server was out of reach', async () => {
    const { link, isVerified } = await signedUp();
    await page.route('**/v1/email-verifications', (route) => route.abort());
    await page.goto(link);
    await confirm(page).click();
    await page.getByRole('alert').getByText('The server cannot be reached.').waitFor();
    await page.unroute('**/v1/email-verifications');
    await confirm(page).click();
    await heading(page, CONFIRMED).waitFor();
    await expect(isVerified()).resolves.toBe(true);
  });

  it('says that nothing has happened where scripts do not run', async () => {
    const { link } = await signedUp();
    const plain = await visit(browser, stack.url, { javaScriptEnabled: false });
    await plain.page.goto(link);
    const notice = plain.page.locator('noscript p');
    await expect(notice.allInnerTexts()).resolves.toEqual([
      expect.stringContaining('Nothing has been confirmed yet'),
      expect.stringContaining('目前尚未确认'),
    ]);
    await expect(notice.first().isVisible()).resolves.toBe(true);
    await plain.close();
  });

  it('that is no good offers another one', async () => {
    const { email } = await signedUp();
    await page.goto('/verify-email#token=altered');
    await confirm(page).click();
    await heading(page, 'This link no longer works.').waitFor();
    await page.reload();
    await page.locator('#email').fill(email);
    await submit(page).click();
    await page.getByText('the mail is on its way').waitFor();
    const link = linkIn(await nextMail(stack.smtp, email, 'verify-email', 1));
    await confirmAt(page, link, CONFIRMED);
  });
});

describe('a link to a new password', () => {
  const save = async (on: Page, expected: string) => {
    await on.locator('#password').fill(NEW_PASSWORD);
    await submit(on).click();
    await on.locator('h1:focus', { hasText: expected }).waitFor();
  };

  it('changes nothing by being opened, and says that it was used: after a reload, and elsewhere', async () => {
    const { email } = await signedUp();
    const link = await resetLink(email);
    await expect(openAsMachine(page, link)).resolves.toEqual([]);
    await page.reload();
    await save(page, 'Your new password is saved.');
    await page.reload();
    await heading(page, USED).waitFor();
    await page.getByText('If you did not change it, ask for a new link.').waitFor();
    await keepScreenshot(page, 'a-used-link');
    await elsewhere(async (other) => {
      await other.goto(link);
      await save(other, USED);
      await other.getByRole('link', { name: 'Ask for a new one' }).click();
      await heading(other, 'Forgot your password?').waitFor();
    });
    await page.getByRole('link', { name: 'To the log-in' }).click();
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(NEW_PASSWORD);
    await submit(page).click();
    await page.locator('.account').waitFor();
  });

  it('that is no good leads to another one', async () => {
    await page.goto('/reset-password#token=altered');
    await save(page, INVALID);
    await page.getByRole('link', { name: 'Ask for a new one' }).click();
    await heading(page, 'Forgot your password?').waitFor();
  });

  it('is needed: without one there is nothing to fill in', async () => {
    await page.goto('/reset-password');
    await heading(page, INVALID).waitFor();
    await expect(page.locator('#password').count()).resolves.toBe(0);
  });
});
