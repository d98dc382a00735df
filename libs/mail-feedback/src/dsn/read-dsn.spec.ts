import { readFileSync } from 'node:fs';
import { classify } from '../classify.js';
import { readDsn } from './read-dsn.js';

const format = (name: string): string =>
  readFileSync(new URL(`formats/${name}.eml`, import.meta.url), 'utf8');

/** As mails come by SMTP. */
const crlf = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'));

const STATUS = `Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; mike@example.com
Action: failed
Status: 5.1.1
`;

/** A report in the form of RFC 3464. */
const report = (content = STATUS, type = 'message/delivery-status', more = '') =>
  crlf(`From: MAILER-DAEMON@mail.example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: ${type}

${content}
--b--
${more}`);

const MIKE = { address: 'mike@example.com', action: 'failed' };

describe('the report of', () => {
  it.each([
    ['exim', 'hard', '5.1.1', '550 5.1.1 <mike@example.com>: no mailbox of that name here'],
    ['postfix', 'hard', '5.2.1', '550 5.2.1 <mike@example.com>: the mailbox is closed'],
    [
      'exchange-online',
      'hard',
      '5.1.10',
      '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient mike@example.com not found by SMTP address lookup',
    ],
    [
      'gmail',
      'hard',
      '5.1.1',
      '550-5.1.1 The email account that you tried to reach does not exist. Please try ' +
        "550-5.1.1 double-checking the recipient's email address for typos or " +
        '550 5.1.1 unnecessary spaces.',
    ],
    ['qmail', 'hard', '5.1.1', 'Sorry, no mailbox here by that name. (#5.1.1)'],
    ['sendmail', 'soft', '4.4.7', undefined],
    ['amazon-ses', 'blocked', '5.7.1', '550 5.7.1 Messages from this network are not taken here'],
    [
      'yahoo',
      'soft',
      '5.2.2',
      'Remote host said: 554 5.2.2 the mailbox has no room for more [RCPT_TO]',
    ],
    [
      'exchange-server',
      'soft',
      '5.2.2',
      '554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded',
    ],
    ['courier', 'blocked', '5.0.0', '550 User unknown.'],
  ])('%s is understood: %s, %s', async (name, bounce, status, diagnostic) => {
    const text = format(name);

    for (const raw of [crlf(text), Buffer.from(text)]) {
      const dsn = await readDsn(raw);
      expect(dsn?.recipients).toHaveLength(1);
      const [recipient] = dsn!.recipients;
      expect(recipient).toMatchObject({ ...MIKE, status });
      expect(recipient!.diagnostic).toBe(diagnostic);
      expect(classify(recipient!.status)).toBe(bounce);
    }
  });
});

describe('a report', () => {
  it('names the address that the mail was sent to, when it was forwarded', async () => {
    const dsn = await readDsn(
      report(STATUS.replace('\n\n', '\n\nOriginal-Recipient: rfc822;Ada@example.com\n')),
    );

    expect(dsn?.recipients).toEqual([
      { ...MIKE, originalAddress: 'ada@example.com', status: '5.1.1' },
    ]);
  });

  it('may speak of several recipients', async () => {
    const dsn = await readDsn(
      report(`${STATUS}
Final-Recipient: rfc822; ada@example.com
Action: delayed
Status: 4.4.1

Final-Recipient: x400; eve@example.com
Action: failed
Status: 5.1.1
`),
    );

    expect(dsn?.recipients).toEqual([
      { ...MIKE, status: '5.1.1' },
      { address: 'ada@example.com', action: 'delayed', status: '4.4.1' },
    ]);
  });

  it.each([
    ['Action: delayed', 'delayed'],
    ['Action: Failed (permanently)', 'failed'],
    ['action:delivered', 'delivered'],
    ['Action: relayed', 'relayed'],
    ['Action: expanded', 'expanded'],
    ['Action: exploded', 'failed'],
    ['X-Nothing: 1', 'failed'],
  ])('with "%s" says: %s', async (field, action) => {
    const dsn = await readDsn(report(STATUS.replace('Action: failed', field)));

    expect(dsn?.recipients).toEqual([{ ...MIKE, action, status: '5.1.1' }]);
  });

  it('may be encoded', async () => {
    const encoded = Buffer.from(STATUS).toString('base64');
    const raw = report(encoded, 'message/delivery-status\nContent-Transfer-Encoding: base64');

    expect((await readDsn(raw))?.recipients).toEqual([{ ...MIKE, status: '5.1.1' }]);
  });

  it('may be of the kind for addresses that are not in ASCII (RFC 6533)', async () => {
    const raw = report(STATUS.replace('rfc822', 'utf-8'), 'message/global-delivery-status');

    expect((await readDsn(raw))?.recipients).toEqual([{ ...MIKE, status: '5.1.1' }]);
  });

  it('is read with its fields in any order and case, with comments and folded lines', async () => {
    const raw = report(`REPORTING-MTA: dns; mail.example.org

STATUS: 5.1.1 (no such mailbox)
diagnostic-code: smtp; 550 5.1.1
  no
\tsuch mailbox
FINAL-RECIPIENT: RFC822; <Mike@Example.com> (Mike)
this line is no field
ACTION: FAILED
Action: delivered
`);

    expect((await readDsn(raw))?.recipients).toEqual([
      { ...MIKE, status: '5.1.1', diagnostic: '550 5.1.1 no such mailbox' },
    ]);
  });

  it('is the report, not what the returned mail holds', async () => {
    const nested = report(STATUS.replace('mike', 'eve')).toString();
    const raw = report(
      `${STATUS}--b\nContent-Type: message/rfc822\n\n${nested.replaceAll('--b', '--c').replace('boundary=b', 'boundary=c')}`,
    );

    expect((await readDsn(raw))?.recipients).toEqual([{ ...MIKE, status: '5.1.1' }]);
  });
});

describe('what is not understood', () => {
  const QSBMF = format('qmail');

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['blank lines', crlf('\n'.repeat(1_000))],
    ['a mail of a person', crlf('From: ada@example.com\nSubject: Hello\n\nHello\n')],
    [
      'the report of an old Exim, for people only',
      crlf(
        'X-Failed-Recipients: mike@example.com\nAuto-Submitted: auto-replied\n\nA message that you sent could not be delivered to one or more of its recipients.\n\n  mike@example.com\n    550 unknown\n',
      ),
    ],
    ['a note of absence', crlf('Auto-Submitted: auto-replied\nSubject: Away\n\nUntil Monday\n')],
    [
      'a receipt of reading (RFC 8098)',
      report('Final-Recipient: rfc822; mike@example.com\n', 'message/disposition-notification'),
    ],
    ['a complaint by mail (RFC 5965)', report('Feedback-Type: abuse\n', 'message/feedback-report')],
    ['a report without recipients', report('Reporting-MTA: dns; mail.example.org\n')],
    ['a report of no address', report(STATUS.replace('mike@example.com', 'mike'))],
    ['a report of no action and no status', report('Final-Recipient: rfc822; mike@example.com\n')],
    [
      'a delivery status in a mail that is no report',
      crlf(report().toString().replaceAll('\r', '').replace('multipart/report', 'multipart/mixed')),
    ],
    ['what reads like qmail in a report', report(QSBMF, 'text/plain')],
    ['what qmail says later in a mail', crlf(`Subject: a\n\nHello\n${QSBMF}`)],
    [
      'qmail without a recipient',
      crlf('Subject: a\n\nHi. This is the qmail-send program.\n\n--- Below\n'),
    ],
  ])('is %s', async (_, raw) => {
    expect(await readDsn(raw)).toBeUndefined();
  });

  it('is a report of more than 256 KiB', async () => {
    const padded = (bytes: number) =>
      Buffer.concat([report(), Buffer.alloc(bytes - report().length, ' ')]);

    expect(await readDsn(padded(262_144))).toBeDefined();
    expect(await readDsn(padded(262_145))).toBeUndefined();
    expect(await readDsn(Buffer.alloc(1_048_576, 'a'))).toBeUndefined();
  });

  it('is a report with parts that are nested more than 10 deep', async () => {
    const nested = (levels: number) =>
      Array.from(
        { length: levels },
        (_, level) =>
          `--b${level || ''}\nContent-Type: multipart/mixed; boundary=b${level + 1}\n\n`,
      ).join('');
    const reportWith = (levels: number) =>
      crlf(
        report()
          .toString()
          .replaceAll('\r', '')
          .replace('--b\n', `${nested(levels)}--b\n`),
      );

    expect(await readDsn(reportWith(10))).toBeDefined();
    expect(await readDsn(reportWith(11))).toBeUndefined();
  });

  it('is a report of more than 5,000 lines, or with more than 200 lines that may begin a part', async () => {
    const after = (lines: string) => Buffer.concat([report(), Buffer.from(lines)]);

    expect(await readDsn(after('\n'.repeat(4_900)))).toBeDefined();
    expect(await readDsn(after('\n'.repeat(5_000)))).toBeUndefined();
    expect(await readDsn(after('\n--c'.repeat(190)))).toBeDefined();
    expect(await readDsn(after('\n--c'.repeat(200)))).toBeUndefined();
  });
});
