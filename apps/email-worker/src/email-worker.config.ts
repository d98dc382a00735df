import { LinkConfig } from '#libs/link-tokens';
import { defineConfig, serverUrl } from '#libs/service-defaults';
import { z } from 'zod';

/** How mail is sent, and what its links are made of. */
export class EmailWorkerConfig extends defineConfig({
  ...LinkConfig.shape,
  /** `smtp://user:password@host:port`, or `smtps://` for TLS from the first byte. */
  SMTP_URL: serverUrl({
    protocol: /^smtps?:$/,
    example: 'smtp:// or smtps://user:password@host:port',
  }),
  /** The sender, as `Name <address>` or an address. */
  MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>\r\n]{1,80} <)?[^\s<>@]+@[^\s<>@]+>?$/, 'expected Name <address>')
    .default('Usher <hello@usher.example>'),
  /** Connections to the mail server that are kept open. */
  SMTP_POOL: z.coerce.number().int().min(1).max(50).default(2),
}) {}
