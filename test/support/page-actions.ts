import type { Page } from 'playwright-core';
import { PASSWORD, signUpBody } from './api-client.js';

/** Fills the form in as a person does, without sending it; answers the address. */
export async function fillSignUp(page: Page, change: { displayName?: string } = {}) {
  const { email, displayName, password } = { ...signUpBody(), ...change };
  await page.goto('./');
  await page.locator('#displayName').fill(displayName);
  await page.locator('#email').fill(email);
  await page.locator('#password').fill(password);
  return { email, displayName, password: PASSWORD };
}

export const submit = (page: Page) => page.locator('form button[type=submit]');

/** Signs up through the page, and waits until the account is shown. */
export async function signUpThere(page: Page) {
  const person = await fillSignUp(page);
  await submit(page).click();
  await page.locator('.timeline .lane[data-step=welcome-email]').waitFor();
  return person;
}

/** One step of the timeline in one of its states. */
export const lane = (page: Page, step: string, status: string) =>
  page.locator(`.timeline .lane[data-step="${step}"][data-status="${status}"]`);
