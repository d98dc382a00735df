import type { Locale } from '#libs/contracts';
import { greetableName } from './greetable-name.js';
import { html } from './html.js';
import { button, mailLayout } from './mail-layout.js';

/** The words of a mail that asks for one thing, in one language. */
export interface ActionText {
  readonly subject: string;
  /** Without a name when it must not be used. */
  readonly greeting: (name?: string) => string;
  readonly intro: string;
  /** What the link does. */
  readonly action: string;
  /** How long the link works. */
  readonly expiry: string;
  /** What to do for whoever did not cause this mail. */
  readonly notYou: string;
}

/** Makes a mail with one link, as HTML and as plain text. */
export function actionMail(locale: Locale, text: ActionText, displayName: string, link: string) {
  const greeting = text.greeting(greetableName(displayName));
  return {
    subject: text.subject,
    text: [
      greeting,
      '',
      text.intro,
      '',
      `${text.action}: ${link}`,
      '',
      text.expiry,
      text.notYou,
      '',
    ].join('\n'),
    html: mailLayout(
      locale,
      text.subject,
      html`<p>${greeting}</p>
        <p>${text.intro}</p>
        ${button(link, text.action)}
        <p style="color:#6b6b66;font-size:14px">${text.expiry} ${text.notYou}</p>`,
    ),
  };
}
