import { MAIL_PROVIDERS } from '#libs/mail-feedback';
import { z } from 'zod';

/** With a mail id in front of it, it still fits into an address (RFC 5321, section 4.5.3.1.3). */
const MAX_DOMAIN_CHARACTERS = 200;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i;
/** A name, an IPv4 address, or an IPv6 address in brackets; then a port. */
const LISTEN = /^(?:\[(?<ipv6>[0-9a-f:.]{2,45})\]|(?<host>[a-z0-9.-]{1,253})):(?<port>\d{1,5})$/i;
const MAX_PORT = 65_535;

/** How it becomes known what has become of a mail. */
export const feedbackShape = {
  /** Who hands our mails on, and so which header carries the id of a mail. */
  MAIL_PROVIDER: z.enum(MAIL_PROVIDERS).default('none'),
  /** The domain of return paths, whose mail comes to `BOUNCE_LISTEN`. */
  BOUNCE_DOMAIN: z
    .string()
    .max(MAX_DOMAIN_CHARACTERS)
    .regex(DOMAIN, 'expected a domain such as bounces.usher.example')
    .transform((domain) => domain.toLowerCase())
    .optional(),
  /** Where reports of mail servers are taken by SMTP. */
  BOUNCE_LISTEN: z
    .string()
    .transform((text, context) => {
      const { ipv6, host, port } = LISTEN.exec(text)?.groups ?? {};
      if (port !== undefined && Number(port) <= MAX_PORT)
        return { host: ipv6 ?? host!, port: Number(port) };
      context.addIssue({ code: 'custom', message: 'expected host:port, such as 0.0.0.0:2525' });
      return z.NEVER;
    })
    .optional(),
};

/** What is wrong with the values together. */
export function checkFeedback(
  values: { readonly BOUNCE_DOMAIN?: unknown; readonly BOUNCE_LISTEN?: unknown },
  wrong: ReadonlySet<string>,
): string[] {
  const hasDomain = values.BOUNCE_DOMAIN !== undefined || wrong.has('BOUNCE_DOMAIN');
  if (values.BOUNCE_LISTEN === undefined || hasDomain) return [];
  return ['BOUNCE_DOMAIN: is required with BOUNCE_LISTEN'];
}
