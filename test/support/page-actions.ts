import type { Page } from 'playwright-core';
import { PASSWORD, signUpBody } from './api-client.js';

interface SignUpChange {
  readonly displayName?: string;
  readonly email?: string;
}

/** Fills the form in as a person does, without sending it; answers the address. */
export async function fillSignUp(page: Page, change: SignUpChange = {}) {
  const { email, displayName, password } = { ...signUpBody(), ...change };
  await page.goto('./');
  await page.locator('#displayName').fill(displayName);
  await page.locator('#email').fill(email);
  await page.locator('#password').fill(password);
  return { email, displayName, password: PASSWORD };
}

export const submit = (page: Page) => page.locator('form button[type=submit]');

/** Signs up through the page, and waits until the account is shown. */
export async function signUpThere(page: Page, change: SignUpChange = {}) {
  const person = await fillSignUp(page, change);
  await submit(page).click();
  await page.locator('.timeline .lane[data-step=welcome-email]').waitFor();
  return person;
}

/**
 * Opens a link as mail gateways and previews do, in a browser that runs scripts: they wait, look around and
 * touch nothing. Answers what the page has sent that could change anything.
 */
export async function openAsMachine(page: Page, link: string): Promise<string[]> {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') sent.push(`${request.method()} ${request.url()}`);
  });
  await page.goto(link, { waitUntil: 'networkidle' });
  await page.mouse.move(200, 200);
  await page.mouse.move(640, 430, { steps: 20 });
  await page.mouse.wheel(0, 2_000);
  await page.keyboard.press('End');
  await comeBack(page);
  await page.waitForLoadState('networkidle');
  return sent;
}

/** Fills a field in without an event, as some browsers and password managers do. */
export const fillSilently = (page: Page, field: string, value: string) =>
  page.evaluate(`document.getElementById('${field}').value = ${JSON.stringify(value)}`);

/** One step of the timeline in one of its states. */
export const lane = (page: Page, step: string, status: string) =>
  page.locator(`.timeline .lane[data-step="${step}"][data-status="${status}"]`);

/** Whether mails with tips are switched on, where an account is shown. */
export const tipsSwitch = (page: Page, isOn: boolean) =>
  page.getByRole('switch', { checked: isOn });

/** The mails that are to follow, where an account is shown. */
export const upcomingMails = (page: Page) => page.locator('.mails .upcoming li');

/** Comes back to a window, as far as the page can tell. */
export const comeBack = (page: Page) =>
  page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
