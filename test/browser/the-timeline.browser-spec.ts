import type { Browser, Page } from 'playwright-core';
import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { launchBrowser, visit, type Visit } from '../support/browser.js';
import { fillSignUp, lane, signUpThere, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const topology = planTopology(usherMessaging, [1_000, 2_000]);

let browser: Browser;
let broker: TestBroker;
let stack: Stack;
let api: RunningApp;
let emailWorker: RunningApp;
let notificationWorker: RunningApp;
let person: Visit;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack();
  api = await stack.start('api');
  await stack.start('recommendation-worker');
  notificationWorker = await stack.start('notification-worker');
  emailWorker = await stack.start('email-worker');
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

beforeEach(async () => {
  person = await visit(browser, stack.url);
  page = person.page;
});

afterEach(async () => {
  stack.smtp.rule = () => undefined;
  expect(person.complaints).toEqual([]);
  await person.close();
});

describe('a timeline', () => {
  it('that is reloaded in the middle goes on where it was', async () => {
    await emailWorker.child.stop();
    await signUpThere(page);
    await lane(page, 'recommendations', 'done').waitFor();
    await lane(page, 'welcome-email', 'pending').waitFor();
    await page.reload();
    await lane(page, 'recommendations', 'done').waitFor();
    await lane(page, 'welcome-email', 'pending').waitFor();
    emailWorker = await stack.start('email-worker');
    await lane(page, 'welcome-email', 'done').waitFor();
    await page.getByText('Everything has arrived.').waitFor();
  });

  it('has the steps that were expected at the sign-up, and those that came all the same', async () => {
    const shown = () =>
      page.locator('.lane').evaluateAll((lanes) => lanes.map(({ dataset }) => dataset.step));
    await notificationWorker.child.stop();
    await signUpThere(page);
    await lane(page, 'getting-started-guide', 'pending').waitFor();
    const id = `(SELECT id FROM accounts.users ORDER BY created_at DESC LIMIT 1)`;
    await stack.database.query(
      `UPDATE accounts.users SET steps = array_remove(steps, 'getting-started-guide') WHERE id = ${id}`,
    );
    await page.reload();
    await page.getByText('Everything has arrived.').waitFor();
    await expect(shown()).resolves.toEqual(['account', 'welcome-email', 'recommendations']);

    notificationWorker = await stack.start('notification-worker');
    await page.locator('.inbox .badge').waitFor();
    await page.reload();
    await lane(page, 'getting-started-guide', 'done').waitFor();
  });

  it('goes on when the API was away', async () => {
    await emailWorker.child.stop();
    await signUpThere(page);
    await lane(page, 'recommendations', 'done').waitFor();
    await api.child.stop();
    await page.getByText('The connection is lost.').waitFor();
    api = await stack.start('api');
    emailWorker = await stack.start('email-worker');
    await lane(page, 'welcome-email', 'done').waitFor();
  });

  it('says why when something has to be tried again, and then that it is done', async () => {
    let refusals = 0;
    stack.smtp.rule = () => (refusals++ < 1 ? 451 : undefined);
    await fillSignUp(page);
    await submit(page).click();
    const retrying = lane(page, 'welcome-email', 'retrying');
    await retrying.waitFor();
    await expect(retrying.locator('.text').textContent()).resolves.toBe(
      'Waits for a service that is not available · The mail could not be handed over.',
    );
    await lane(page, 'welcome-email', 'done').waitFor();
  });

  it('says so when something is given up', async () => {
    stack.smtp.rule = () => 550;
    await fillSignUp(page);
    await submit(page).click();
    const failed = lane(page, 'welcome-email', 'failed');
    await failed.waitFor();
    await expect(failed.locator('.text').textContent()).resolves.toBe(
      'Refused · 1 attempt · The mail could not be handed over.',
    );
    await page.getByText('An operator can send it again.').waitFor();
    await lane(page, 'recommendations', 'done').waitFor();
  });
});

describe('a read message', () => {
  it('is read in every window', async () => {
    await signUpThere(page);
    await page.locator('.inbox .badge').waitFor();
    const other = await page.context().newPage();
    await other.goto('/');
    await other.locator('.inbox .badge').waitFor();
    await page.bringToFront();
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await page.locator('.inbox .badge').waitFor({ state: 'detached' });
    await other.bringToFront();
    await other.locator('.inbox .badge').waitFor({ state: 'detached' });
  });
});
