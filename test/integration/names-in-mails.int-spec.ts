import {
  emailVerificationRequested,
  locale as localeSchema,
  passwordResetRequested,
  userRegistered,
  userSignUpRepeated,
  usherMessaging,
} from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { eventually } from '../support/eventually.js';
import { decoded } from '../support/mail-links.js';
import { newPerson } from '../support/new-person.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack();
  await stack.start('email-worker');
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

/** Everything that arrives, headers and both parts. */
async function mailTo(displayName: string, rest: Parameters<typeof newPerson>[1]): Promise<string> {
  const person = newPerson(broker, { ...rest, displayName });
  person.publish();
  const mail = await eventually(() => stack.smtp.to(person.email)[0]);
  expect(stack.smtp.to(person.email)).toHaveLength(1);
  return decoded(mail);
}

const mails = [
  ['welcome', userRegistered],
  ['verification', emailVerificationRequested],
  ['password reset', passwordResetRequested],
  ['already registered', userSignUpRepeated],
] as const;

describe.each(
  mails.flatMap(([name, definition]) =>
    localeSchema.options.map((locale) => [name, locale, { definition, locale }] as const),
  ),
)('the %s mail in %s', (_name, locale, which) => {
  it('greets by a name that is one', async () => {
    const mail = await mailTo("Jean-Luc O'Brien", which);

    expect(mail).toContain(
      { en: "Hello Jean-Luc O'Brien,", 'zh-CN': "Jean-Luc O'Brien，你好：" }[locale],
    );
  });

  it.each([
    'You won! Claim at https://evil.example/prize',
    'evil.example',
    'Call +1 (555) 123-4567',
    'Bcc: everybody@evil.example',
  ])('carries nothing of %j to a stranger', async (displayName) => {
    const mail = await mailTo(displayName, which);

    expect(mail).toMatch({ en: /^Hello,\r$/m, 'zh-CN': /^你好：\r$/m }[locale]);
    // Tokens and ids are random, and have any letters.
    expect(mail.replaceAll(/[\w-]{16,}/g, '')).not.toMatch(/\bwon\b|evil|\(555\)|Bcc/);
  });
});
