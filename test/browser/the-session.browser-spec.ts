import type { Browser, Page } from 'playwright-core';
import { launchBrowser, visit, visitWithoutCookies, type Visit } from '../support/browser.js';
import { fillSignUp, lane, signUpThere, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

let browser: Browser;
let stack: Stack;
let person: Visit;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack();
  const apps = ['api', 'recommendation-worker', 'notification-worker'];
  await Promise.all(apps.map((app) => stack.start(app)));
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

const LOGGED_OUT = 'You were logged out. Log in again.';
const UNREACHABLE = 'The server cannot be reached. Try again.';
const logOut = () => page.getByRole('button', { name: 'Log out' });

describe('a browser without cookies', () => {
  it('shows the page, and says after a sign-up that nobody can be logged in', async () => {
    const blocked = await visitWithoutCookies(stack.url);
    await fillSignUp(blocked.page);
    await submit(blocked.page).click();
    await blocked.page.getByText('Your browser keeps no cookies for this site').waitFor();
    await blocked.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await expect(blocked.page.locator('.account').count()).resolves.toBe(0);
    expect(blocked.complaints).toEqual([]);
    await blocked.close();
  });
});

describe('a log-out', () => {
  it('is noticed by the other windows, and has the form read out in its own', async () => {
    await signUpThere(page);
    const other = await page.context().newPage();
    await other.goto('/');
    await other.locator('.account').waitFor();
    await logOut().click();
    await page.locator('.card h2:focus', { hasText: 'Create your account' }).waitFor();
    await expect(page.getByText(LOGGED_OUT).count()).resolves.toBe(0);
    await other.getByText(LOGGED_OUT).waitFor();
    await other.getByRole('heading', { name: 'Welcome back' }).waitFor();
  });

  it('by somebody else is told at the next thing that is done', async () => {
    const { email } = await signUpThere(page);
    await page.locator('.inbox .badge').waitFor();
    await endSessionsOf(email);
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await page.getByText(LOGGED_OUT).waitFor();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  });

  it('by somebody else is told as soon as a stream is refused', async () => {
    const refused = { status: 401, contentType: 'application/problem+json', body: '{}' };
    await page.route('**/v1/me/notifications/stream', (route) => route.fulfill(refused));
    const { email } = await signUpThere(page);
    await endSessionsOf(email);
    await page.getByText(LOGGED_OUT).waitFor();
  });

  it('that did not reach the server says so, and the account stays', async () => {
    await signUpThere(page);
    await page.route('**/v1/sessions/current', (route) => route.abort());
    await logOut().click();
    await page.locator('.log-out').getByText(UNREACHABLE).waitFor();
    await expect(page.locator('.account').count()).resolves.toBe(1);
    await page.unroute('**/v1/sessions/current');
    await logOut().click();
    await page.getByRole('heading', { name: 'Create your account' }).waitFor();
  });
});

describe('without the server', () => {
  it('nothing is shown as done: neither reading nor a new link', async () => {
    await signUpThere(page);
    await page.locator('.inbox .badge').waitFor();
    await page.route('**/v1/**', (route) => route.abort());
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await page.locator('.inbox').getByText(UNREACHABLE).waitFor();
    await expect(page.locator('.inbox .badge').count()).resolves.toBe(1);
    await page.getByRole('button', { name: 'Send it again' }).click();
    await page.locator('.confirm').getByText(UNREACHABLE).waitFor();
  });

  it('a member does not look like a guest', async () => {
    await signUpThere(page);
    await page.route('**/v1/me', (route) => route.abort());
    await page.reload();
    await page.getByText(UNREACHABLE).waitFor();
    await expect(page.locator('#displayName').count()).resolves.toBe(0);
    await page.unroute('**/v1/me');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.account').waitFor();
  });
});

describe('an account that is opened again', () => {
  it('begins at its top, and tells when it was saved', async () => {
    await signUpThere(page);
    await page.evaluate('sessionStorage.clear()');
    await page.reload();
    await expect(lane(page, 'account', 'done').locator('.latency').textContent()).resolves.toMatch(
      /^\d\d:\d\d/,
    );
    await page.keyboard.press('Tab');
    await page.locator('.skip:focus').waitFor();
  });
});

describe('other interests', () => {
  it('are chosen with the keyboard, and another list follows', async () => {
    await signUpThere(page);
    await lane(page, 'recommendations', 'done').waitFor();
    await page.getByRole('button', { name: 'Change interests' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.change-interests .chip input:focus').first().waitFor();
    await page.locator('.chip [value=philosophy]').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await page.locator('.recommendations .because', { hasText: 'Philosophy' }).first().waitFor();
    await page.locator('.change-interests').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Change interests', expanded: false }).waitFor();
  });
});

/** As a password reset elsewhere does. */
const endSessionsOf = (email: string) =>
  stack.database.query(
    'DELETE FROM accounts.sessions WHERE user_id = (SELECT id FROM accounts.users WHERE email = $1)',
    [email],
  );
