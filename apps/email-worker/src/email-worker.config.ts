import { JourneyConfig } from '#libs/journeys';
import { LinkConfig } from '#libs/link-tokens';
import { defineConfig, rate } from '#libs/service-defaults';
import { z } from 'zod';
import { checkDkim, dkimShape } from './dkim.js';
import { checkFeedback, feedbackShape } from './feedback/feedback.config.js';
import { smtpUrl } from './smtp-url.js';

/** `Name <address>`, the name with or without quotes, or an address alone. */
const SENDER = /^(?:(?<name>[^<>\p{Cc}]{1,80}) <(?<bracketed>[^\s<>@]+@[^\s<>@]+)>|(?<bare>[^\s<>@]+@[^\s<>@]+))$/u; // prettier-ignore

/** Its parts, so that no character of the name can make a second address or header of it. */
const sender = z.string().transform((text, context) => {
  const parts = SENDER.exec(text)?.groups;
  if (!parts) {
    context.addIssue({ code: 'custom', message: 'expected Name <address>' });
    return z.NEVER;
  }
  const name = (parts['name'] ?? '').replace(/^"(.*)"$/, '$1');
  return { name, address: parts['bracketed'] ?? parts['bare']! };
});

/** How mail is sent, and what its links are made of. */
export class EmailWorkerConfig extends defineConfig({
  ...LinkConfig.shape,
  ...JourneyConfig.shape,
  /** `smtp://user:password@host:port`, or `smtps://` for TLS from the first byte. */
  SMTP_URL: smtpUrl(),
  /** The sender, as `Name <address>` or an address. */
  MAIL_FROM: sender.prefault('Usher <hello@usher.example>'),
  /** Connections to the mail server that are kept open; by default one for each of the worker's queues that sends mails. */
  SMTP_POOL: z.coerce.number().int().min(1).max(50).default(8),
  /** Mails that the provider takes in a time, such as `14/1s`, kept by all e-mail workers together; or off. */
  MAIL_RATE: rate().default('off'),
  ...dkimShape,
  ...feedbackShape,
}) {
  static readonly check = (
    values: Parameters<typeof checkDkim>[0] & Parameters<typeof checkFeedback>[0],
    wrong: ReadonlySet<string>,
  ): string[] => [...checkDkim(values, wrong), ...checkFeedback(values, wrong)];
}
