import type { Browser } from 'playwright-core';
import { signUpBody } from '../support/api-client.js';
import { launchBrowser, shiftClock, visit } from '../support/browser.js';
import { linkIn, nextMail } from '../support/mail-links.js';
import { lane, signUpThere, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

const HOUR_MS = 3_600_000;

let browser: Browser;
let stack: Stack;

beforeAll(async () => {
  browser = await launchBrowser();
  // Without the other workers, steps stay open.
  stack = await prepareStack();
  await Promise.all([stack.start('api'), stack.start('email-worker')]);
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

describe.each([
  ['ahead', 1.5 * HOUR_MS],
  ['behind', -1.5 * HOUR_MS],
  ['ahead by a year', 365 * 24 * HOUR_MS],
])('a device whose clock is %s', (_, shiftMs) => {
  it('resets its password: the server judges how old a link is', async () => {
    const { email } = signUpBody();
    await stack.api.signUp({ email });
    await stack.api.request('POST', '/v1/password-resets', { body: { email } });
    const link = linkIn(await nextMail(stack.smtp, email, 'reset-password'));
    const { page, complaints, close } = await visit(browser, stack.url);
    await shiftClock(page, shiftMs);
    await page.goto(link);
    await page.locator('#password').fill('three purple umbrellas');
    await submit(page).click();
    await page.getByText('Your new password is saved.').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('stays logged in, and sees by the server’s clock how long a step has taken', async () => {
    const { page, complaints, close } = await visit(browser, stack.url);
    await shiftClock(page, shiftMs);
    const { email } = await signUpThere(page);
    const latency = lane(page, 'recommendations', 'pending').locator('.latency');
    await expect(latency.textContent()).resolves.toMatch(/^\d+(\.\d)? (ms|sec)$/);
    await stack.database.query(
      `UPDATE accounts.users SET created_at = created_at - interval '20 minutes' WHERE email = $1`,
      [email],
    );
    await page.reload();
    await expect(latency.textContent()).resolves.toBe('20 min');
    expect(complaints).toEqual([]);
    await close();
  });
});
