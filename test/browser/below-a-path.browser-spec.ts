import type { Browser } from 'playwright-core';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { launchBrowser, visit } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { linkIn, nextMail } from '../support/mail-links.js';
import { startNginx } from '../support/nginx.js';
import { fillSignUp, lane, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

const OPS_TOKEN = 'operators-only-token';
const NEW_PASSWORD = 'three purple umbrellas';

let browser: Browser;
let stack: Stack;
let port: number;
let publicUrl: string;

beforeAll(async () => {
  browser = await launchBrowser();
  port = await freePort();
  publicUrl = `http://127.0.0.1:${port}/usher`;
  stack = await prepareStack({ OPS_TOKEN, PUBLIC_URL: publicUrl });
  await Promise.all(['api', 'email-worker', 'notification-worker'].map((app) => stack.start(app)));
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

describe.each([
  ['strips the path', '/'],
  ['passes the path on', ''],
])('below a path, behind nginx that %s', (_kind, target) => {
  it('a person signs up, watches, confirms and chooses another password, and an operator looks', async () => {
    const nginx = await startNginx(
      `location /usher/ { proxy_set_header Host $http_host; proxy_pass ${stack.url}${target}; }`,
      port,
    );
    const { page, complaints, close } = await visit(browser, `${publicUrl}/`);
    const elsewhere: string[] = [];
    page.context().on('request', (request) => {
      if (!request.url().startsWith(`${publicUrl}/`)) elsewhere.push(request.url());
    });

    const { email } = await fillSignUp(page);
    await submit(page).click();
    for (const step of ['welcome-email', 'getting-started-guide'])
      await lane(page, step, 'done').waitFor();

    const link = linkIn(await nextMail(stack.smtp, email, 'verify-email'));
    expect(link).toMatch(`${publicUrl}/verify-email#token=`);
    await page.goto(link);
    await page.locator('main button.primary').or(page.locator('main a.primary')).first().click();
    await eventually(async () => {
      const [user] = await stack.database.query(
        'SELECT 1 FROM accounts.users WHERE email = $1 AND email_verified_at IS NOT NULL',
        [email],
      );
      return user !== undefined;
    });
    await page.locator('a.brand').click();
    await page.waitForURL(`${publicUrl}/`);
    await lane(page, 'welcome-email', 'done').waitFor();

    await page.getByRole('button', { name: 'Log out' }).click();
    await page.goto('./#forgot');
    await page.locator('#email').fill(email);
    await submit(page).click();
    await page.goto(linkIn(await nextMail(stack.smtp, email, 'reset-password')));
    await page.locator('#password').fill(NEW_PASSWORD);
    await submit(page).click();
    await page.getByText('Your new password is saved.').waitFor();
    await page.locator('a.primary').click();
    await page.waitForURL(`${publicUrl}/#log-in`);
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(NEW_PASSWORD);
    await submit(page).click();
    await lane(page, 'welcome-email', 'done').waitFor();

    await page.goto('./ops');
    await page.locator('input').first().fill(OPS_TOKEN);
    await page.locator('form button[type=submit]').click();
    await page.getByText('email-worker.').first().waitFor();

    await page.goto('./docs');
    await page.getByText('/v1/signups').first().waitFor();

    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
    await nginx.stop();
  });
});
