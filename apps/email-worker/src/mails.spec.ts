import { locale as localeSchema, subscriptions, type Locale } from '#libs/contracts';
import { defineMail, type MailDefinition } from './define-mail.js';
import * as mails from './mails.js';
import { renderMail } from './render-mail.js';

const LINK = 'https://usher.example/verify-email#token=a.b-c.d_e';
/** How long the links work, as `libs/link-tokens` makes them. */
const LIFETIMES = {
  'email-verification': { en: 'seven days', 'zh-CN': '七天' },
  'password-reset': { en: 'one hour', 'zh-CN': '一小时' },
};

const all = Object.values(mails);
const each = all.flatMap((mail) =>
  localeSchema.options.map((locale) => [mail.template, locale, mail] as const),
);

const linked = each.flatMap(([template, locale, mail]) =>
  mail.link ? [[template, locale, mail, mail.link] as const] : [],
);

const render = (mail: MailDefinition, locale: Locale, displayName: string, link?: string) =>
  renderMail(mail, { userId: '', email: '', locale, displayName }, link);

describe('the mails', () => {
  it('are one for each subscription of the worker', () => {
    const ofWorker = subscriptions.filter(({ app }) => app === 'email-worker');

    expect(new Set(all.map(({ on }) => on))).toEqual(new Set(ofWorker));
    expect(all).toHaveLength(ofWorker.length);
  });

  it('are told apart by their templates', () => {
    expect(new Set(all.map(({ template }) => template)).size).toBe(all.length);
  });

  it.each(['Welcome', 'a b', 'a@b', 'a.b', '-a', ''])('cannot have the template %j', (template) => {
    const { texts, on } = mails.verificationEmail;

    expect(() => defineMail({ on, template, texts })).toThrow('is not lower-case-words');
  });
});

describe.each(each)('the %s mail in %s', (_template, locale, mail) => {
  it('greets the person and says which language it is in', () => {
    const { text, html } = render(mail, locale, '李明', LINK);
    const greeting = { en: 'Hello 李明,', 'zh-CN': '李明，你好：' }[locale];

    expect(text).toContain(greeting);
    expect(html).toContain(`<p>${greeting}</p>`);
    expect(html).toContain(`<html lang="${locale}">`);
  });

  it.each([
    'You won! Claim at https://evil.example',
    'Call 0800 123 4567',
    '<script>alert(1)</script>',
  ])('says nothing of the name %j, which carries a message', (name) => {
    const { subject, text, html } = render(mail, locale, name, LINK);
    const greeting = { en: 'Hello,', 'zh-CN': '你好：' }[locale];

    expect(text.split('\n')[0]).toBe(greeting);
    expect(html).toContain(`<p>${greeting}</p>`);
    for (const part of [subject, text, html]) {
      expect(part).not.toMatch(/evil|won|0800|alert|script/);
    }
  });

  it('is written in that language', () => {
    for (const words of Object.values(mail.texts[locale])) {
      expect(/\p{Script=Han}/u.test(words)).toBe(locale === 'zh-CN');
    }
  });

  it('does not say the name in its subject', () => {
    expect(render(mail, locale, 'Mike', LINK).subject).not.toContain('Mike');
  });

  it('loads nothing from anywhere', () => {
    const { html } = render(mail, locale, 'Mike', LINK);

    expect(html).not.toMatch(/<(img|script|link|iframe)|url\(|@import/i);
  });
});

describe.each(linked)('the link of the %s mail in %s', (_template, locale, mail, purpose) => {
  it('is in both of its parts', () => {
    const { text, html } = render(mail, locale, 'Mike', LINK);

    expect(text).toContain(LINK);
    expect(html).toContain(`href="${LINK}"`);
  });

  it('cannot be broken out of', () => {
    const { html } = render(mail, locale, 'Mike', `${LINK}"><script>alert(1)</script>`);

    expect(html).not.toContain('<script');
  });

  it('says how long it works', () => {
    const { text, html } = render(mail, locale, 'Mike', LINK);

    expect(text).toContain(LIFETIMES[purpose][locale]);
    expect(html).toContain(LIFETIMES[purpose][locale]);
  });
});

it.each(all.filter(({ link }) => link === 'email-verification'))(
  'the $template mail says that the page waits for a click',
  (mail) => {
    for (const [locale, button] of [
      ['en', 'the button there confirms the address'],
      ['zh-CN', '点击其中的按钮即可确认'],
    ] as const) {
      const { text, html } = render(mail, locale, 'Mike', LINK);

      expect(text).toContain(button);
      expect(html).toContain(button);
    }
  },
);

it('every mail has a subject of its own in every language', () => {
  const subjects = each.map(([, locale, mail]) => render(mail, locale, 'Mike', LINK).subject);

  expect(new Set(subjects).size).toBe(each.length);
});

it('a mail without a link has no button', () => {
  const text = { subject: 'News', intro: 'It is here.', notYou: 'Ignore this mail.' };
  const { on } = mails.verificationEmail;
  const news = defineMail({ on, template: 'news', texts: { en: text, 'zh-CN': text } });
  const rendered = render(news, 'en', 'Mike');

  expect(rendered.text).toBe('Hello Mike,\n\nIt is here.\n\nIgnore this mail.\n');
  expect(rendered.html).not.toMatch(/<a\b|undefined/);
});
