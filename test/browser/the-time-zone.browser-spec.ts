import type { Browser, Page } from 'playwright-core';
import { launchBrowser, visit, type Visit } from '../support/browser.js';
import { fillSignUp, signUpThere, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

const ZONE = 'Asia/Shanghai';
const UNKNOWN = 'Mars/Olympus_Mons';

let browser: Browser;
let stack: Stack;
let person: Visit;
let page: Page;
/** The sign-ups that the page has sent. */
let sent: { key: string | undefined; timeZone: string | undefined }[];

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack();
  await stack.start('api');
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

beforeEach(async () => {
  person = await visit(browser, stack.url, { timezoneId: ZONE });
  page = person.page;
  sent = [];
  page.on('request', (request) => {
    if (!request.url().endsWith('/v1/signups')) return;
    const { timeZone } = request.postDataJSON() as { timeZone?: string };
    sent.push({ key: request.headers()['idempotency-key'], timeZone });
  });
});

afterEach(async () => {
  expect(person.complaints).toEqual([]);
  await person.close();
});

/** The time zones of the accounts with this address. */
const savedFor = async (email: string) => {
  const rows = await stack.database.query<{ time_zone: string | null }>(
    'SELECT time_zone FROM accounts.users WHERE email = $1',
    [email],
  );
  return rows.map((row) => row.time_zone);
};

const keys = () => [...new Set(sent.map(({ key }) => key))];

describe('the time zone of a browser', () => {
  it('goes along with a sign-up, and is saved', async () => {
    const { email } = await signUpThere(page);
    expect(sent.map(({ timeZone }) => timeZone)).toEqual([ZONE]);
    await expect(savedFor(email)).resolves.toEqual([ZONE]);
  });
});

describe('a time zone that the server does not know', () => {
  beforeEach(() =>
    page.addInitScript(`
      const { resolvedOptions } = Intl.DateTimeFormat.prototype;
      Intl.DateTimeFormat.prototype.resolvedOptions = function () {
        return { ...resolvedOptions.call(this), timeZone: '${UNKNOWN}' };
      };
    `),
  );

  it('is left out, and the person is signed up', async () => {
    const { email } = await signUpThere(page);
    expect(sent.map(({ timeZone }) => timeZone)).toEqual([UNKNOWN, undefined]);
    expect(keys()).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    await expect(savedFor(email)).resolves.toEqual([null]);
  });

  it('makes one account when the answer is lost and the form is sent again', async () => {
    const { email } = await fillSignUp(page);
    let isLost = false;
    await page.route('**/v1/signups', async (route) => {
      const { timeZone } = route.request().postDataJSON() as { timeZone?: string };
      if (isLost || timeZone !== undefined) return route.continue();
      isLost = true;
      // The account is made, without a word about it.
      await route.fetch();
      return route.abort();
    });
    await submit(page).click();
    await page.getByText('The server cannot be reached.').waitFor();
    await expect(savedFor(email)).resolves.toEqual([null]);
    await submit(page).click();
    await page.locator('.account').waitFor();
    expect(sent.map(({ timeZone }) => timeZone)).toEqual([UNKNOWN, undefined, UNKNOWN, undefined]);
    expect(keys()).toHaveLength(1);
    await expect(savedFor(email)).resolves.toEqual([null]);
  });

  it('does not hide what is wrong with the rest', async () => {
    await fillSignUp(page);
    await page.locator('#password').fill('passwordpassword');
    await submit(page).click();
    await page.locator('#password-error', { hasText: 'lists' }).waitFor();
    await expect(page.locator('.notice.bad').count()).resolves.toBe(0);
  });
});
