import type { Browser } from 'playwright-core';
import { ApiClient } from '../support/api-client.js';
import { launchBrowser, visit } from '../support/browser.js';
import { EventStreamReader } from '../support/event-stream-reader.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { lane, fillSignUp, submit } from '../support/page-actions.js';
import { prepareStack, type Stack } from '../support/stack.js';

const MAIL = 'welcome-email';
const GUIDE = 'getting-started-guide';

/** What the page says of each problem, and how the API's sentence begins. */
const WORDS = {
  en: {
    waiting_for_service: ['Waits for a service that is not available', 'A service that this needs'],
    refused: ['Refused', 'It was refused'],
    will_be_tried_again: ['Will be tried again', 'It did not work, and is tried again'],
    given_up: ['Given up', 'It did not work and was given up'],
  },
  'zh-CN': {
    waiting_for_service: ['等待暂时不可用的服务', '所需的服务暂时不可用'],
    refused: ['对方拒绝接收', '对方拒绝接收，不会再重试'],
    will_be_tried_again: ['稍后重试', '这次没有成功，稍后会自动重试'],
    given_up: ['已放弃', '没有成功，已停止重试'],
  },
} as const;
type Code = keyof (typeof WORDS)['en'];

/** What a person can read of themselves. */
const PATHS = ['/v1/me', '/v1/me/onboarding', '/v1/me/recommendations', '/v1/me/notifications'];

/** What the page says of a request that fails. */
const REFUSALS = {
  en: {
    defect: 'Something went wrong on our side. Try again.',
    away: 'Nothing can be saved at the moment. Try again soon.',
  },
  'zh-CN': { defect: '我们这边出了问题，请重试。', away: '暂时无法保存，请稍后重试。' },
} as const;

/** Words of servers and libraries, and where they are. */
const INTERNAL =
  /ECONN|127\.0\.0\.1|relation|does not exist|constraint|violates|RCPT|\b550\b|by the sink|lastError/i;

let browser: Browser;
let stack: Stack;
/** Between the API and its database. */
let line: FaultProxy;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await prepareStack({ CONSUMER_RETRY_DELAYS: '2s,3s' });
  line = await FaultProxy.before(stack.databaseUrlOf('api'));
  await stack.start('api', { DATABASE_URL: line.url });
  await Promise.all(['email-worker', 'notification-worker'].map((app) => stack.start(app)));
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
  await line.down();
});

beforeEach(async () => {
  await stack.smtp.stop();
  await stack.database.query(
    'ALTER TABLE notification.notifications ADD CONSTRAINT broken CHECK (user_id IS NULL) NOT VALID',
  );
});

afterEach(async () => {
  stack.smtp.rule = () => undefined;
  await stack.database.query('ALTER TABLE notification.notifications DROP CONSTRAINT broken');
});

describe.each(['en', 'zh-CN'] as const)('a person who reads %s', (locale) => {
  it('sees of each failure a code and a sentence, in the API, the stream and the page; operators keep the text', async () => {
    const words = WORDS[locale];
    const { page, close } = await visit(browser, stack.url, { locale });
    const { email, password } = await fillSignUp(page);
    await submit(page).click();
    await lane(page, MAIL, 'retrying').waitFor();
    const api = new ApiClient(stack.url);
    const { body } = await api.request('POST', '/v1/sessions', { body: { email, password } });
    const { token } = body.session;
    const stream = await EventStreamReader.open(`${stack.url}/v1/me/onboarding/stream`, token);
    const read: unknown[] = [];

    const sees = async (step: string, status: string, code: Code) => {
      const [onPage, sentence] = words[code];
      const problem = { code, message: expect.stringMatching(`^${sentence}`) };
      await lane(page, step, status).filter({ hasText: onPage }).waitFor();
      await eventually(() =>
        stream.events.some(({ data }) => data.name === step && data.problem?.code === code),
      );
      const streamed = stream.events.findLast(({ data }) => data.problem?.code === code)!;
      expect(streamed.data).toMatchObject({ name: step, status, problem });
      const answers = await Promise.all(PATHS.map((path) => api.get(path, token)));
      expect(answers.map((answer) => answer.status)).toEqual(PATHS.map(() => 200));
      const bodies = answers.map((answer) => answer.body);
      read.push(...bodies);
      const shown = bodies[1].steps.find(({ name }: { name: string }) => name === step);
      return { problem, shown };
    };

    await sees(GUIDE, 'retrying', 'will_be_tried_again');
    const waiting = await sees(MAIL, 'retrying', 'waiting_for_service');
    expect(waiting.shown).toMatchObject({ status: 'retrying', problem: waiting.problem });
    const givenUp = await sees(GUIDE, 'failed', 'given_up');
    expect(givenUp.shown).toMatchObject({ status: 'failed', problem: givenUp.problem });
    stack.smtp.rule = () => 550;
    await stack.smtp.start();
    const refused = await sees(MAIL, 'failed', 'refused');
    expect(refused.shown).toMatchObject({ status: 'failed', problem: refused.problem });

    const seen = JSON.stringify([read, stream.events]) + (await page.locator('body').textContent());
    expect(seen).not.toMatch(INTERNAL);
    const kept = await stack.database.query<{ last_error: string }>(
      `SELECT last_error FROM messaging.deliveries WHERE status = 'failed' AND subject =
              (SELECT id::text FROM accounts.users WHERE email = $1) ORDER BY consumer`,
      [email],
    );
    expect(kept).toEqual([
      { last_error: expect.stringContaining('550') },
      { last_error: expect.stringContaining('violates check constraint') },
    ]);
    stream.close();
    await close();
  });

  it('sees of a sign-up that fails one sentence, and can send it again', async () => {
    const { page, close } = await visit(browser, stack.url, { locale });
    await fillSignUp(page);
    const sees = async (sentence: string) => {
      await submit(page).click();
      await page.getByText(sentence, { exact: true }).waitFor();
      await expect(page.locator('body').textContent()).resolves.not.toMatch(INTERNAL);
    };
    await stack.database.query('ALTER TABLE accounts.users RENAME TO gone');
    await sees(REFUSALS[locale].defect);
    await stack.database.query('ALTER TABLE accounts.gone RENAME TO users');
    await line.down();
    await sees(REFUSALS[locale].away);
    await line.up();
    await submit(page).click();
    await lane(page, GUIDE, 'retrying').waitFor();
    await close();
  });
});
