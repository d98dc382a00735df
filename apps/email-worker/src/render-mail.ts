import type { Locale } from '#libs/contracts';
import type { EndText } from './define-journey-mail.js';
import type { LinkText, MailText } from './define-mail.js';
import { greetableName } from './greetable-name.js';
import { html } from './html.js';
import { button, mailLayout } from './mail-layout.js';

/** Without a name when it must not be used. */
const GREETINGS: Readonly<Record<Locale, (name?: string) => string>> = {
  en: (name) => (name ? `Hello ${name},` : 'Hello,'),
  'zh-CN': (name) => (name ? `${name}，你好：` : '你好：'),
};

/** Between words and the address that they are of. */
const COLONS: Readonly<Record<Locale, string>> = { en: ': ', 'zh-CN': '：' };

type Texts = MailText & Partial<LinkText> & Partial<EndText>;

/** What is sent to this person, as HTML and as plain text. */
export function renderMail(
  { texts }: { readonly texts: Readonly<Record<Locale, Texts>> },
  { locale, displayName }: { readonly locale: Locale; readonly displayName: string },
  link?: string,
  endLink?: string,
) {
  const { subject, intro, action = '', expiry, notYou, end = '' }: Texts = texts[locale];
  const greeting = GREETINGS[locale](greetableName(displayName));
  const small = expiry ? [expiry, notYou] : [notYou];
  return {
    subject,
    text: [
      greeting,
      '',
      intro,
      '',
      ...(link ? [`${action}${COLONS[locale]}${link}`, ''] : []),
      ...small,
      ...(endLink ? ['', `${end}${COLONS[locale]}${endLink}`] : []),
      '',
    ].join('\n'),
    html: mailLayout(
      locale,
      subject,
      html`<p>${greeting}</p>
        <p>${intro}</p>
        ${link ? button(link, action) : ''}
        <p style="color:#6b6b66;font-size:14px">
          ${small.join(' ')}
          ${endLink ? html`<a href="${endLink}" style="color:inherit">${end}</a>` : ''}
        </p>`,
    ),
  };
}
