import type { Locale } from '#libs/contracts';
import type { LinkText, MailDefinition, MailText, Recipient } from './define-mail.js';
import { greetableName } from './greetable-name.js';
import { html } from './html.js';
import { button, mailLayout } from './mail-layout.js';

/** Without a name when it must not be used. */
const GREETINGS: Readonly<Record<Locale, (name?: string) => string>> = {
  en: (name) => (name ? `Hello ${name},` : 'Hello,'),
  'zh-CN': (name) => (name ? `${name}，你好：` : '你好：'),
};

/** What is sent to this person, as HTML and as plain text. */
export function renderMail(
  { texts }: MailDefinition,
  { locale, displayName }: Recipient,
  link?: string,
) {
  const {
    subject,
    intro,
    action = '',
    expiry,
    notYou,
  }: MailText & Partial<LinkText> = texts[locale];
  const greeting = GREETINGS[locale](greetableName(displayName));
  const small = expiry ? [expiry, notYou] : [notYou];
  return {
    subject,
    text: [greeting, '', intro, '', ...(link ? [`${action}: ${link}`, ''] : []), ...small, ''].join(
      '\n',
    ),
    html: mailLayout(
      locale,
      subject,
      html`<p>${greeting}</p>
        <p>${intro}</p>
        ${link ? button(link, action) : ''}
        <p style="color:#6b6b66;font-size:14px">${small.join(' ')}</p>`,
    ),
  };
}
