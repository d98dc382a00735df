import type { Browser, Page } from 'playwright-core';
import { PASSWORD } from '../support/api-client.js';
import { launchBrowser, visit, type Visit } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { fillSignUp, signUpThere, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

let browser: Browser;
let stack: Stack;
let person: Visit;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack();
  await Promise.all([stack.start('api'), stack.start('recommendation-worker')]);
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

const errorAt = (field: string) => page.locator(`#${field}-error`);
const accounts = async (email: string) =>
  (await stack.database.query('SELECT 1 FROM accounts.users WHERE email = $1', [email])).length;

describe('what is wrong', () => {
  it('is told at its field, in words, and the first such field gets the focus', async () => {
    await page.goto('/');
    await page.locator('#email').fill('not an address');
    await page.locator('#displayName').fill('Mei');
    await page.locator('#password').fill('fifteen characters and more');
    await submit(page).click();
    await expect(errorAt('email').textContent()).resolves.toBe('This is not an e-mail address.');
    await page.locator('#email:focus').waitFor();
    await expect(page.locator('#email').getAttribute('aria-invalid')).resolves.toBe('true');
    await expect(page.locator('#email').getAttribute('aria-describedby')).resolves.toContain(
      'email-error',
    );
    await expect(errorAt('password').count()).resolves.toBe(0);
  });

  it('is told of all fields at once when nothing is filled in', async () => {
    await page.goto('/');
    await submit(page).click();
    for (const field of ['displayName', 'email', 'password']) {
      await expect(errorAt(field).textContent()).resolves.toBe('Please fill this in.');
    }
  });

  it('is told at the password when many people use it, and at the address when it is taken', async () => {
    const { email } = await signUpThere(page);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.locator('#displayName').fill('Mei');
    await page.locator('#email').fill(email);
    await page.locator('#password').fill('passwordpassword');
    await submit(page).click();
    await expect(errorAt('password').textContent()).resolves.toContain('lists');
    await page.locator('#password').fill('another good password');
    await submit(page).click();
    await expect(errorAt('email').textContent()).resolves.toContain('account already');
  });

  it('is no longer told once the field is changed', async () => {
    await page.goto('/');
    await submit(page).click();
    await errorAt('email').waitFor();
    await page.locator('#email').fill('m');
    await errorAt('email').waitFor({ state: 'detached' });
    await expect(errorAt('displayName').count()).resolves.toBe(1);
  });

  it('says how long to wait when there were too many attempts', async () => {
    await page.route('**/v1/sessions', (route) =>
      route.fulfill({
        status: 429,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '540' },
        body: JSON.stringify({ code: 'rate_limited', detail: 'wait' }),
      }),
    );
    await page.goto('/#log-in');
    await page.locator('#email').fill('mei@example.com');
    await page.locator('#password').fill('some password');
    await submit(page).click();
    await page.getByText('Too many attempts. Try again in 9 minutes.').waitFor();
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByText('尝试次数过多，请 9 分钟后再试。').waitFor();
  });

  it('of an address that is taken can be a log-in instead, and "back" is the sign-up again', async () => {
    const { email } = await signUpThere(page);
    await page.getByRole('button', { name: 'Log out' }).click();
    await fillSignUp(page);
    await page.locator('#email').fill(email);
    await submit(page).click();
    await page.getByRole('button', { name: 'Log in instead?' }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await expect(page.locator('#email').inputValue()).resolves.toBe(email);
    await page.getByRole('button', { name: 'Forgot your password?' }).click();
    expect(new URL(page.url()).hash).toBe('#forgot');
    await expect(page.locator('#email').inputValue()).resolves.toBe(email);
    await page.goBack();
    await page.goBack();
    await page.getByRole('heading', { name: 'Create your account' }).waitFor();
    await expect(page.locator('#email').inputValue()).resolves.toBe(email);
  });

  it('is said to be the server when it cannot be reached, and a second try makes one account', async () => {
    const { email } = await fillSignUp(page);
    const keys: (string | undefined)[] = [];
    let isFirst = true;
    await page.route('**/v1/signups', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (!isFirst) return route.continue();
      isFirst = false;
      // The account is made, and nobody is told.
      await route.fetch();
      return route.abort();
    });
    await submit(page).click();
    await page.getByText('The server cannot be reached.').waitFor();
    await expect(accounts(email)).resolves.toBe(1);
    await submit(page).click();
    await page.locator('.timeline').waitFor();
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).toBe(keys[0]);
    await expect(accounts(email)).resolves.toBe(1);
  });
});

describe('a double click', () => {
  it('signs up once', async () => {
    const { email } = await fillSignUp(page);
    let requests = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/v1/signups')) requests++;
    });
    await submit(page).dblclick();
    await page.locator('.timeline').waitFor();
    expect(requests).toBe(1);
    await expect(accounts(email)).resolves.toBe(1);
  });
});

describe('the keyboard alone', () => {
  it('is enough to choose interests, sign up and read the inbox', async () => {
    await page.goto('/');
    // They are fetched; until then what follows the password is the button.
    await page.locator('.chip').first().waitFor();
    const press = async (key: string, times = 1) => {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
    };
    await press('Tab');
    await page.locator('.skip:focus').waitFor();
    await press('Enter');
    await page.locator('main:focus').waitFor();
    await press('Tab');
    await page.locator('#displayName:focus').waitFor();
    await page.keyboard.type('Keyboard Kim');
    await press('Tab');
    await page.keyboard.type('kim@example.com');
    await press('Tab');
    await page.keyboard.type(PASSWORD);
    await press('Tab');
    await page.locator('.reveal:focus').waitFor();
    await press('Space');
    await expect(page.locator('#password').getAttribute('type')).resolves.toBe('text');
    await press('Space');
    await press('Tab');
    await press('Space');
    await expect(page.locator('.chip input').first().isChecked()).resolves.toBe(true);
    await page.locator('#email').focus();
    await press('Enter');
    await page.locator('h1:focus', { hasText: 'Welcome, Keyboard Kim.' }).waitFor();
    await expect(
      stack.database.query(
        'SELECT 1 FROM accounts.users WHERE email = $1 AND cardinality(interests) = 1',
        ['kim@example.com'],
      ),
    ).resolves.toHaveLength(1);
  });
});

describe('the strength of a password', () => {
  it('is told honestly, by dictionaries that are loaded only when a password is chosen', async () => {
    const loaded: string[] = [];
    page.on('response', (response) => loaded.push(new URL(response.url()).pathname));
    await page.goto('/', { waitUntil: 'networkidle' });
    const isLoaded = () => loaded.some((path) => path.includes('/strength-'));
    expect(isLoaded()).toBe(false);
    const meter = page.locator('.strength');
    await page.locator('#password').focus();
    await eventually(isLoaded);

    await page.locator('#password').fill('password1');
    await eventually(async () => (await meter.getAttribute('data-level')) === '0');
    await expect(meter.locator('p').textContent()).resolves.toContain('6 more characters needed.');
    await page.locator('#password').fill('violet teapots sleep under granite');
    await eventually(async () => (await meter.getAttribute('data-level')) === '4');
    await page.locator('#displayName').fill('Wilhelmina Featherstone');
    await page.locator('#password').fill('Wilhelmina Featherstone');
    await eventually(async () => Number(await meter.getAttribute('data-level')) < 2);
  });
});

describe('a preview', () => {
  // Waits for `POST /v1/recommendations/preview`.
  it('shows what would be recommended, and changes with the interests', async () => {
    await page.goto('/');
    const preview = page.locator('.preview');
    const titles = async () => (await preview.locator('.title').allTextContents()).join();
    await preview.getByRole('heading', { name: 'Popular right now' }).waitFor();
    await eventually(async () => /\w/.test(await titles()));
    const popular = await titles();
    await page.locator('.chip:has([value=philosophy])').click();
    await preview.getByRole('heading', { name: 'You would be recommended' }).waitFor();
    await preview.locator('.because', { hasText: 'Philosophy' }).first().waitFor();
    expect(await titles()).not.toBe(popular);
    await page.locator('.chip:has([value=philosophy])').click();
    await eventually(async () => (await titles()) === popular);
  });

  it('is not called one’s own when it is the popular list', async () => {
    await page.route('**/v1/recommendations/preview', async (route) => {
      const response = await route.fetch({ postData: { interests: [], limit: 3 } });
      await route.fulfill({ response });
    });
    await page.goto('/');
    await page.locator('.chip:has([value=philosophy])').click();
    await page.waitForResponse('**/v1/recommendations/preview');
    await page.locator('.preview').getByRole('heading', { name: 'Popular right now' }).waitFor();
    await expect(page.getByText('You would be recommended').count()).resolves.toBe(0);
  });
});
