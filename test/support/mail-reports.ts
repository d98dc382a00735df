import { createTransport } from 'nodemailer';

/** What a mail server says of one recipient: RFC 3464. */
export interface Report {
  /** Whom the mail was for. */
  readonly recipient: string;
  readonly action?: 'failed' | 'delayed' | 'delivered';
  readonly status?: string;
  readonly diagnostic?: string;
  /** The mail that it returns. */
  readonly returned?: string;
}

/** A delivery status notification as Postfix writes it. */
export const reportOf = ({
  recipient,
  action = 'failed',
  status = '5.1.1',
  diagnostic = `smtp; 550 ${status} <${recipient}>: no such mailbox`,
  returned,
}: Report): string =>
  [
    'From: MAILER-DAEMON@mail.example (Mail Delivery System)',
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="part"',
    '',
    '--part',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'The mail could not be delivered.',
    '',
    '--part',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mail.example',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: ${diagnostic}`,
    '',
    ...(returned ? ['--part', 'Content-Type: message/rfc822', '', returned] : []),
    '--part--',
    '',
  ].join('\r\n');

/** Sends a report as a mail server does, with an empty sender unless given, and answers with the reply. */
export async function sendReport(
  port: number,
  to: string,
  raw: string,
  from = '',
): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  try {
    const { response } = await transport.sendMail({ envelope: { from, to }, raw });
    return response;
  } catch (error) {
    return (error as { response?: string }).response ?? (error as Error).message;
  } finally {
    transport.close();
  }
}
