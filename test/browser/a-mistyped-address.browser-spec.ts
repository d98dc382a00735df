import type { Browser, Page } from 'playwright-core';
import { PASSWORD } from '../support/api-client.js';
import { keepScreenshot, launchBrowser, visit, type Visit } from '../support/browser.js';
import { FeedbackStack } from '../support/feedback-stack.js';
import { linkIn, nextMail } from '../support/mail-links.js';
import { reportOf, sendReport } from '../support/mail-reports.js';
import { lane, signUpThere } from '../support/page-actions.js';
import { randomName } from '../support/random-name.js';

/** What the person reads and presses, by language. */
const WORDS = {
  en: {
    complete: 'Everything has arrived.',
    unreachable: (email: string) => `We could not reach ${email}: the mailbox does not exist.`,
    correct: 'Correct the address',
    newAddress: 'New e-mail address',
    change: 'Change the address',
    onItsWay: (email: string) => `A new welcome mail is on its way to ${email}.`,
    invalid: 'This link no longer works.',
    confirm: 'Confirm my address',
    another: 'Use another e-mail address',
    asked: (email: string) => `Open the link in the mail to ${email}. Until then nothing changes.`,
    use: 'Use this address',
    used: 'Your address is changed.',
    takeBack: 'Take my account back',
    back: 'Your account is yours again.',
    wrong: 'The password is wrong.',
  },
  'zh-CN': {
    complete: '全部就绪。',
    unreachable: (email: string) => `无法送达 ${email}：该邮箱不存在。`,
    correct: '更正邮箱',
    newAddress: '新的邮箱',
    change: '更改邮箱',
    onItsWay: (email: string) => `新的欢迎邮件正寄往 ${email}。`,
    invalid: '这个链接已失效。',
    confirm: '确认邮箱',
    another: '更换邮箱',
    asked: (email: string) => `请打开寄往 ${email} 的邮件中的链接，在此之前不会有任何改动。`,
    use: '使用这个邮箱',
    used: '邮箱已更改。',
    takeBack: '取回我的账号',
    back: '账号又是你的了。',
    wrong: '密码不正确。',
  },
};
type Locale = keyof typeof WORDS;

let browser: Browser;
let usher: FeedbackStack;
let person: Visit;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  usher = await FeedbackStack.start();
  await Promise.all(
    ['recommendation-worker', 'notification-worker'].map((name) => usher.stack.start(name)),
  );
});

afterAll(async () => {
  await browser.close();
  await usher.stop();
});

afterEach(async () => {
  expect(person.complaints).toEqual([]);
  await person.close();
});

const mistyped = () => `${randomName()}@exmaple.example`;

/** The provider has taken the mail, and finds out now that there is no such mailbox. */
async function bounce(email: string): Promise<void> {
  const { from } = await nextMail(usher.stack.smtp, email, 'verify-email');
  await expect(sendReport(usher.bouncePort, from, reportOf({ recipient: email }))).resolves.toMatch(
    /^250/,
  );
}

const fresh = () => `${randomName()}@example.com`;
const button = (name: string) => page.getByRole('button', { name, exact: true });

async function open(locale: Locale): Promise<void> {
  person = await visit(browser, usher.stack.url, { locale });
  page = person.page;
}

async function changeTo(email: string, words: (typeof WORDS)['en'], password = PASSWORD) {
  await page.getByLabel(words.newAddress).fill(email);
  await page.locator('#password').fill(password);
  await button(words.change).click();
}

describe.each(['en', 'zh-CN'] as const)('a mistyped address, in %s', (locale) => {
  const words = WORDS[locale];

  it('is seen by its person within 5 s, and corrected; the old link is dead', async () => {
    await open(locale);
    const { email } = await signUpThere(page, { email: mistyped() });
    // All is done by then, and the page still looks.
    await page.getByText(words.complete).waitFor();
    await bounce(email);
    const told = page.locator('.confirm').getByText(words.unreachable(email));
    await told.waitFor({ timeout: 5_000 });
    await lane(page, 'welcome-email', 'failed').getByText(words.unreachable(email)).waitFor();
    await keepScreenshot(page, `a-bounce-${locale}`);
    const oldLink = linkIn(await nextMail(usher.stack.smtp, email, 'verify-email'));

    await button(words.correct).click();
    const corrected = fresh();
    await changeTo(corrected, words, 'not my password at all');
    await page.getByText(words.wrong).waitFor();
    await changeTo(corrected, words);
    await page.getByText(words.onItsWay(corrected)).waitFor();
    await lane(page, 'welcome-email', 'done').waitFor();
    await keepScreenshot(page, `a-corrected-address-${locale}`);
    await expect(told.count()).resolves.toBe(0);

    const newLink = linkIn(await nextMail(usher.stack.smtp, corrected, 'verify-email'));
    await page.goto(oldLink);
    await button(words.confirm).click();
    await page.getByRole('heading', { name: words.invalid }).waitFor();
    await page.goto(newLink);
    await button(words.confirm).click();
    await page.getByRole('link').last().click();
    await page.locator('.timeline').waitFor();
    await expect(page.locator('.confirm').count()).resolves.toBe(0);
  });

  it('that was confirmed is changed by a link to the new one, and taken back by one to the old', async () => {
    await open(locale);
    const { email } = await signUpThere(page);
    await page.goto(linkIn(await nextMail(usher.stack.smtp, email, 'verify-email')));
    await button(words.confirm).click();
    await page.goto('./');
    await button(words.another).click();
    const next = fresh();
    await changeTo(next, words);
    await page.getByText(words.asked(next)).waitFor();

    await page.goto(linkIn(await nextMail(usher.stack.smtp, next, 'change-email')));
    await keepScreenshot(page, `a-new-address-${locale}`);
    await button(words.use).click();
    await page.getByRole('heading', { name: words.used }).waitFor();
    await page.goto(linkIn(await nextMail(usher.stack.smtp, email, 'keep-email')));
    await button(words.takeBack).click();
    await page.getByRole('heading', { name: words.back }).waitFor();
    await nextMail(usher.stack.smtp, email, 'reset-password');
  });
});

it('is corrected by keyboard alone', async () => {
  await open('en');
  const { email } = await signUpThere(page, { email: mistyped() });
  await bounce(email);
  await page.locator('.confirm').getByText(WORDS.en.unreachable(email)).waitFor();
  await button(WORDS.en.correct).focus();
  await page.keyboard.press('Enter');
  const corrected = fresh();
  // The address has the focus and is selected, so that what is typed replaces it.
  await page.locator('#email:focus').waitFor();
  await page.keyboard.type(corrected);
  await page.keyboard.press('Tab');
  await page.locator('#password:focus').waitFor();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByText(WORDS.en.onItsWay(corrected)).waitFor();
});
