import { locale as localeSchema, subscriptions, type Locale } from '#libs/contracts';
import type { JourneyMailDefinition } from './define-journey-mail.js';
import { defineMail, type MailDefinition } from './define-mail.js';
import * as mails from './mails.js';
import * as journeyMails from './journey-mails.js';
import { renderMail } from './render-mail.js';

const LINK = 'https://usher.example/verify-email#token=a.b-c.d_e';
/** How long the links work, as `libs/link-tokens` makes them. */
const LIFETIMES = {
  'email-verification': { en: 'seven days', 'zh-CN': '七天' },
  'password-reset': { en: 'one hour', 'zh-CN': '一小时' },
  'email-change': { en: 'one day', 'zh-CN': '一天' },
  'email-change-undo': { en: 'seven days', 'zh-CN': '七天' },
};

const all = Object.values(mails);
const later = Object.values(journeyMails);
const each = [...all, ...later].flatMap((mail) =>
  localeSchema.options.map((locale) => [mail.template, locale, mail] as const),
);

const linked = each.flatMap(([template, locale, mail]) =>
  mail.link && mail.link !== 'account' ? [[template, locale, mail, mail.link] as const] : [],
);

const render = (
  mail: MailDefinition | JourneyMailDefinition,
  locale: Locale,
  displayName: string,
  link?: string,
  endLink?: string,
) => renderMail(mail, { locale, displayName }, link, endLink);

describe('the mails', () => {
  it('are one for each subscription of the worker', () => {
    const ofWorker = subscriptions.filter(
      ({ app, effect }) => app === 'email-worker' && effect === 'external',
    );
    const sent = [...all, ...later].map(({ on }) => on.consumer);

    expect(sent.toSorted()).toEqual(ofWorker.map(({ consumer }) => consumer).toSorted());
  });

  it('are told apart by their templates', () => {
    const templates = [...all, ...later].map(({ template }) => template);

    expect(new Set(templates).size).toBe(templates.length);
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

describe.each(localeSchema.options)('the link that ends tips in %s', (locale) => {
  const END = 'https://usher.example/unsubscribe/a.b-c.d_e';

  it('is in both parts of the mail, beside the link to the account', () => {
    const { text, html } = render(journeyMails.tipsEmail, locale, 'Mike', LINK, END);
    const { end } = journeyMails.tipsEmail.texts[locale];

    expect(text.trimEnd().split('\n').at(-1)).toBe(`${end}${locale === 'en' ? ': ' : '：'}${END}`);
    expect(html).toContain(`<a href="${END}" style="color:inherit">${end}</a>`);
    expect(text).toContain(LINK);
  });

  it('is in no mail that somebody needs', () => {
    for (const mail of [...all, journeyMails.verifyReminder])
      expect(mail.texts[locale]).not.toHaveProperty('end');
  });
});

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
