import { serverUrl } from '#libs/service-defaults';
import { isIP } from 'node:net';

const FLAG = /^(true|false)$/;
const TEXT = /^\S+$/;
/**
 * What SMTP_URL may say of the connection, in nodemailer's words: https://nodemailer.com/smtp/. It takes any of
 * its options from a URL, `logger=true` included, which prints whole mails.
 */
const PARAMETERS: ReadonlyMap<string, RegExp> = new Map([
  ['name', TEXT],
  ['authMethod', TEXT],
  ['requireTLS', FLAG],
  ['ignoreTLS', FLAG],
  ['tls.servername', TEXT],
  ['tls.rejectUnauthorized', FLAG],
]);
const LOOPBACK = /^(127\.[\d.]+|\[::1\]|localhost)$/;

/** `smtp://user:password@host:port`, or `smtps://` for TLS from the first byte; no parameter but those above. */
export const smtpUrl = () =>
  serverUrl({
    protocol: /^smtps?:$/,
    example: 'smtp:// or smtps://user:password@host:port',
  }).superRefine((url, context) => {
    if (!URL.canParse(url)) return;
    const given = [...new URL(url).searchParams];
    const areKnown = given.every(([name, value]) => PARAMETERS.get(name)?.test(value));
    if (areKnown && new Map(given).size === given.length) return;
    const known = [...PARAMETERS.keys()].join(', ');
    const message = `expected no parameter but ${known}, each once and with a value that fits`;
    context.addIssue({ code: 'custom', message });
  });

/**
 * What nodemailer is to do where the URL does not say it itself. A server on another machine gets no mail and
 * no password in plain text, whether it offers no STARTTLS or somebody on the way took the offer out (RFC 8314,
 * section 3). EHLO names the host that people know, since a container's own name is none that a server can
 * look up (RFC 5321, section 4.1.1.1); without a domain there nodemailer says `[127.0.0.1]`.
 */
export function smtpDefaults(url: string, publicUrl: string): SmtpDefaults {
  const { protocol, hostname, searchParams } = new URL(url);
  const plainTextIsFine = searchParams.get('ignoreTLS') === 'true' || LOOPBACK.test(hostname);
  const publicHost = new URL(publicUrl).hostname;
  const isDomain = publicHost.includes('.') && !isIP(publicHost);
  return {
    ...(protocol === 'smtp:' && !plainTextIsFine && { requireTLS: true }),
    ...(isDomain && { name: publicHost }),
  };
}

interface SmtpDefaults {
  readonly requireTLS?: true;
  readonly name?: string;
}
