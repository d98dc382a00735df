import type { Browser, Page } from 'playwright-core';
import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { keepScreenshot, launchBrowser, visit, type Visit } from '../support/browser.js';
import { signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const EMAIL_QUEUE = 'email-worker.send-welcome-email';
const OPS_TOKEN = 'a-token-for-operators';
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let browser: Browser;
let broker: TestBroker;
let stack: Stack;
let operator: Visit;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack({ OPS_TOKEN, RECONCILE_INTERVAL: '1h' });
  await stack.start('api');
  await stack.start('email-worker');
  operator = await visit(browser, stack.url);
  page = operator.page;
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

/** A welcome mail that the mail server refuses for good. */
async function deadLetter(): Promise<string> {
  const { email } = signUpBody();
  stack.smtp.rule = () => 550;
  const before = await broker.depth(`${EMAIL_QUEUE}.dlq`);
  await stack.api.signUp({ email });
  await eventually(async () => (await broker.depth(`${EMAIL_QUEUE}.dlq`)) > before);
  stack.smtp.rule = () => undefined;
  return email;
}

const letters = () => page.locator('.letters li');

describe('the operations page', () => {
  it('lets nobody in with a wrong token', async () => {
    await page.goto('/ops');
    await page.locator('#token').fill('not-the-token-at-all');
    await page.keyboard.press('Enter');
    await page.getByText('That is not the token.').waitFor();
    await expect(page.getByRole('heading', { name: 'Queues' }).count()).resolves.toBe(0);
  });

  it('shows queues, workers and the outbox', async () => {
    await page.locator('#token').fill(OPS_TOKEN);
    await page.locator('#operator').fill('Grace');
    await page.keyboard.press('Enter');
    const row = page.getByRole('row', { name: EMAIL_QUEUE });
    await row.waitFor();
    await expect(row.getByRole('cell').nth(1).textContent()).resolves.toBe('1');
    await expect(
      page
        .getByRole('row', { name: 'deliver-getting-started-guide' })
        .getByText('no worker')
        .count(),
    ).resolves.toBe(1);
    await page.getByText('waiting to be published').waitFor();
  });

  it('tells of a dead letter by itself, and shows headers, body and stack', async () => {
    const email = await deadLetter();
    await letters().waitFor();
    await letters().locator('summary').click();
    const detail = page.locator('.detail');
    await detail.waitFor();
    await expect(detail.locator('dl').textContent()).resolves.toContain('permanent');
    await expect(detail.locator('pre').first().textContent()).resolves.toContain(email);
    await expect(detail.locator('pre').last().textContent()).resolves.toContain('PermanentError');
    await keepScreenshot(page, 'operations');
  });

  it('sends one back, and it arrives', async () => {
    await letters().getByRole('button', { name: 'Send back' }).click();
    await page.getByText('Sent back 1.').waitFor();
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByText('已送回 1 条。').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByText('Sent back 1.').waitFor();
    await eventually(() => stack.smtp.mails.length === 1);
    await eventually(async () => (await letters().count()) === 0);
  });

  it('sends all of one consumer back', async () => {
    const emails = [await deadLetter(), await deadLetter()];
    await eventually(async () => (await letters().count()) === 2);
    await page.getByLabel('Consumer').selectOption(EMAIL_QUEUE);
    await page.getByRole('button', { name: 'Send back all 2' }).click();
    await eventually(() => emails.every((email) => stack.smtp.to(email).length === 1));
  });

  it('finds what a queue has lost, and sends it again', async () => {
    const guides = 'notification-worker.deliver-getting-started-guide';
    await stack.api.signUp();
    const [row] = await stack.database.query<{ people: number }>(
      'SELECT count(*)::int AS people FROM accounts.users',
    );
    await eventually(async () => (await broker.depth(guides)) === row!.people);
    await broker.channel.purgeQueue(guides);
    await page.getByLabel('Published at least').selectOption('0s');
    const again = page.getByRole('button', { name: 'Send them again' });
    await eventually(async () => {
      await page.getByRole('button', { name: 'Look' }).click();
      await again.waitFor({ timeout: 1_000 });
      return true;
    });
    await again.click();
    await eventually(async () => (await broker.depth(guides)) > 0);
  });

  it('names the consumers of which the broker cannot say what they have', async () => {
    // As the API answers for a queue without a majority; no broker of one node gets there.
    await page.route('**/v1/ops/queues', async (route) => {
      const response = await route.fetch();
      const { items } = (await response.json()) as { items: { name: string }[] };
      const lost = { messages: null, consumers: null, unreachable: 'no majority' };
      const answered = items.map((each) =>
        each.name === EMAIL_QUEUE ? { ...each, ...lost } : each,
      );
      await route.fulfill({ response, json: { items: answered } });
    });
    await page.route('**/v1/ops/reconcile?**', (route) =>
      route.fulfill({ json: { missing: [], resent: 0, unreachable: [EMAIL_QUEUE] } }),
    );
    const panel = (name: string) => page.getByRole('region', { name, exact: true }).first();
    const says = (name: string) =>
      panel(name).getByRole('alert').filter({ hasText: EMAIL_QUEUE }).waitFor();
    await says('Queues');
    await page.getByRole('button', { name: 'Look' }).click();
    await says('Reconcile');
    await expect(page.getByText('Nothing is missing.').count()).resolves.toBe(0);
    await page.unrouteAll({ behavior: 'wait' });
    await eventually(async () => (await panel('Queues').getByRole('alert').count()) === 0);
  });

  it('keeps the token in this window only, and not after leaving', async () => {
    await page.reload();
    await page.getByRole('row', { name: EMAIL_QUEUE }).waitFor();
    const other = await page.context().newPage();
    await other.goto('/ops');
    await other.locator('#token').waitFor();
    const kept = JSON.stringify(await page.context().storageState());
    expect(kept).not.toContain(OPS_TOKEN);
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.reload();
    await page.locator('#token').waitFor();
    expect(operator.complaints).toEqual([]);
  });
});
