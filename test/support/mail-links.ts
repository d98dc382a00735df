import { eventually } from './eventually.js';
import type { ReceivedMail, SmtpSink } from './smtp-sink.js';

/** A mail with quoted-printable and base64 undone. */
export const decoded = ({ raw }: ReceivedMail): string =>
  raw
    .split(/(?=\r\n--)/)
    .map((part) => {
      const [head, body = ''] = part.split(/\r\n\r\n(.*)/s);
      if (/^content-transfer-encoding: base64/im.test(head!)) {
        return `${head}\r\n\r\n${Buffer.from(body, 'base64').toString().replaceAll('\n', '\r\n')}`;
      }
      return quotedPrintable(part);
    })
    .join('');

const quotedPrintable = (text: string): string =>
  text
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/(?:=[0-9A-F]{2})+/g, (bytes) =>
      Buffer.from(bytes.replaceAll('=', ''), 'hex').toString(),
    );

/** The link in a mail. */
export const linkIn = (mail: ReceivedMail): string =>
  /https?:\/\/\S+#token=[\w.-]+/.exec(decoded(mail))![0];

/** Waits for the next mail with this path in its link; `seen` were there before. */
export function nextMail(
  smtp: SmtpSink,
  to: string,
  page: string,
  seen = 0,
): Promise<ReceivedMail> {
  const mails = () => smtp.to(to).filter((mail) => decoded(mail).includes(`/${page}#token=`));
  return eventually(() => mails()[seen]);
}

/** The token in the link of that mail. */
export async function nextToken(...which: Parameters<typeof nextMail>): Promise<string> {
  return linkIn(await nextMail(...which)).split('#token=')[1]!;
}
