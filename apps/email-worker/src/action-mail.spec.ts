import { locale as localeSchema } from '#libs/contracts';
import { alreadyRegisteredEmail } from './send-already-registered-email/already-registered-email.template.js';
import { passwordResetEmail } from './send-password-reset-email/password-reset-email.template.js';
import { verificationEmail } from './send-verification-email/verification-email.template.js';
import { welcomeEmail } from './send-welcome-email/welcome-email.template.js';

const LINK = 'https://usher.example/verify-email#token=a.b-c.d_e';
const ONE_WEEK = { en: 'seven days', 'zh-CN': '七天' };
const ONE_HOUR = { en: 'one hour', 'zh-CN': '一小时' };

const mails = [
  ['welcome', welcomeEmail, ONE_WEEK],
  ['verification', verificationEmail, ONE_WEEK],
  ['password reset', passwordResetEmail, ONE_HOUR],
  ['already registered', alreadyRegisteredEmail, ONE_HOUR],
] as const;
const each = mails.flatMap(([name, template, lifetime]) =>
  localeSchema.options.map((locale) => [name, locale, template, lifetime] as const),
);

describe.each(each)('the %s mail in %s', (_name, locale, template, lifetime) => {
  it('greets the person and says which language it is in', () => {
    const { text, html } = template(locale, '李明', LINK);
    const greeting = { en: 'Hello 李明,', 'zh-CN': '李明，你好：' }[locale];

    expect(text).toContain(greeting);
    expect(html).toContain(`<p>${greeting}</p>`);
    expect(html).toContain(`<html lang="${locale}">`);
  });

  it('has the link in both of its parts', () => {
    const { text, html } = template(locale, 'Mike', LINK);

    expect(text).toContain(LINK);
    expect(html).toContain(`href="${LINK}"`);
  });

  it.each([
    'You won! Claim at https://evil.example',
    'Call 0800 123 4567',
    '<script>alert(1)</script>',
  ])('says nothing of the name %j, which carries a message', (name) => {
    const { subject, text, html } = template(locale, name, LINK);
    const greeting = { en: 'Hello,', 'zh-CN': '你好：' }[locale];

    expect(text.split('\n')[0]).toBe(greeting);
    expect(html).toContain(`<p>${greeting}</p>`);
    for (const part of [subject, text, html]) {
      expect(part).not.toMatch(/evil|won|0800|alert|script/);
    }
  });

  it('does not say the name in its subject', () => {
    expect(template(locale, 'Mike', LINK).subject).not.toContain('Mike');
  });

  it('cannot be left through the link', () => {
    const { html } = template(locale, 'Mike', `${LINK}"><script>alert(1)</script>`);

    expect(html).not.toContain('<script');
  });

  it('says how long the link works', () => {
    const { text, html } = template(locale, 'Mike', LINK);

    expect(text).toContain(lifetime[locale]);
    expect(html).toContain(lifetime[locale]);
  });

  it('loads nothing from anywhere', () => {
    const { html } = template(locale, 'Mike', LINK);

    expect(html).not.toMatch(/<(img|script|link|iframe)|url\(|@import/i);
  });
});

it.each([
  ['welcome', welcomeEmail],
  ['verification', verificationEmail],
])('the %s mail says that the page waits for a click', (_, template) => {
  for (const [locale, button] of [
    ['en', 'the button there confirms the address'],
    ['zh-CN', '点击其中的按钮即可确认'],
  ] as const) {
    const { text, html } = template(locale, 'Mike', LINK);

    expect(text).toContain(button);
    expect(html).toContain(button);
  }
});

it('every mail has a subject of its own in every language', () => {
  const subjects = each.map(([, locale, template]) => template(locale, 'Mike', LINK).subject);

  expect(new Set(subjects).size).toBe(each.length);
});
