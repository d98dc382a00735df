import { parseMailId } from './mail-ids.js';

/** Who hands our mails on, and so which way feedback comes back; `none` when it is a mail server that says nothing. */
export const MAIL_PROVIDERS = ['none', 'ses', 'postmark'] as const;
export type MailProvider = (typeof MAIL_PROVIDERS)[number];

/** At most 20 characters, as Postmark asks of the names of metadata. */
const NAME = 'usher-mail-id';
const HEADER = 'X-Usher-Mail-Id';

const HEADERS: Readonly<Record<MailProvider, (id: string) => Record<string, string>>> = {
  none: () => ({}),
  ses: (id) => ({ 'X-SES-MESSAGE-TAGS': `${NAME}=${id}`, [HEADER]: id }),
  postmark: (id) => ({ [`X-PM-Metadata-${NAME}`]: id }),
};

/**
 * The headers by which a mail carries its id where the provider gives it back. Amazon SES gives tags back in
 * the events of a configuration set, and headers in the notifications of an identity
 * (https://docs.aws.amazon.com/ses/latest/dg/event-publishing-send-email.html); Postmark gives metadata back
 * (https://postmarkapp.com/support/article/1125-custom-metadata-faq).
 */
export function headersWithId(provider: MailProvider, id: string): Record<string, string> {
  return HEADERS[provider](id);
}

/** The mail id in the metadata that Postmark gives back. */
export const idInMetadata = (metadata: Readonly<Record<string, unknown>>): string | undefined =>
  firstId(
    Object.entries(metadata)
      .filter(([name]) => name.toLowerCase() === NAME)
      .map(([, value]) => value),
  );

/** The mail id in the tags of an event of Amazon SES. */
export const idInTags = (tags: Readonly<Record<string, readonly string[]>>): string | undefined =>
  Object.hasOwn(tags, NAME) ? firstId(tags[NAME]!) : undefined;

/** The mail id in the headers of a mail that Amazon SES gives back. */
export const idInHeaders = (
  headers: readonly { readonly name: string; readonly value: string }[],
): string | undefined =>
  firstId(
    headers
      .filter(({ name }) => name.toLowerCase() === HEADER.toLowerCase())
      .map(({ value }) => value.trim()),
  );

const firstId = (values: readonly unknown[]): string | undefined =>
  values
    .map((value) => (typeof value === 'string' ? parseMailId(value)?.id : undefined))
    .find((id) => id !== undefined);
