import { eventually } from './eventually.js';
import type { ReceivedMail, SmtpSink } from './smtp-sink.js';

/** The text of a mail with quoted-printable undone, as far as ASCII goes. */
const decoded = ({ raw }: ReceivedMail): string =>
  raw
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );

/** The link in a mail. */
export const linkIn = (mail: ReceivedMail): string =>
  /https?:\/\/\S+#token=[\w.-]+/.exec(decoded(mail))![0];

/** Waits for the next mail with this path in its link that was not there before, and answers its token. */
export async function nextToken(
  smtp: SmtpSink,
  to: string,
  page: string,
  seen = 0,
): Promise<string> {
  const mails = () => smtp.to(to).filter((mail) => decoded(mail).includes(`/${page}#token=`));
  const mail = await eventually(() => mails()[seen]);
  return linkIn(mail).split('#token=')[1]!;
}
