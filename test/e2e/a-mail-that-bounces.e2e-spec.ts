import { advanceClock } from '#libs/messaging';
import { usherMessaging } from '#libs/contracts';
import { EventStreamReader } from '../support/event-stream-reader.js';
import { eventually } from '../support/eventually.js';
import { BOUNCE_DOMAIN, FeedbackStack, type MailedPerson } from '../support/feedback-stack.js';
import { reportOf, sendReport, type Report } from '../support/mail-reports.js';

const DAY_MS = 86_400_000;
let usher: FeedbackStack;

beforeAll(async () => {
  usher = await FeedbackStack.start();
});

afterAll(() => usher.stop());

const returnPathOf = ({ mailId }: MailedPerson) => `${mailId}@${BOUNCE_DOMAIN}`;

const report = (person: MailedPerson, change: Partial<Report> = {}) =>
  sendReport(
    usher.bouncePort,
    returnPathOf(person),
    reportOf({ recipient: person.email, ...change }),
  );

const reset = ({ email }: MailedPerson) =>
  usher.stack.api.request('POST', '/v1/password-resets', { body: { email } });

const mailsTo = ({ email }: MailedPerson) => usher.stack.smtp.to(email).length;

/** Of the mails that a request asks for: whether they were sent. */
const lastStatus = async ({ email }: MailedPerson) => {
  const [row] = await usher.stack.database.query<{ status: string; count: number }>(
    `SELECT status, count(*) OVER ()::int AS count FROM email.messages
      WHERE recipient = $1 AND template = 'password-reset' ORDER BY event_id DESC LIMIT 1`,
    [email],
  );
  return row;
};

describe('a mail whose mailbox does not exist', () => {
  it('has a return path of its own, and the person sees within 5 s that it did not arrive', async () => {
    const person = await usher.signUp();
    expect(usher.stack.smtp.to(person.email)[0]!.from).toBe(returnPathOf(person));
    expect(await usher.delivery(person)).toBe('sent');
    const stream = await EventStreamReader.open(
      `${usher.stack.url}/v1/me/onboarding/stream`,
      person.token,
    );
    await eventually(() => stream.of('step').some(({ id }) => id === 'welcome-email:done:1:sent'));
    await expect(report(person)).resolves.toMatch(/^250 /);
    await eventually(
      () => stream.of('step').some(({ id }) => id === 'welcome-email:done:1:bounced'),
      5_000,
    );
    stream.close();
    await expect(usher.step(person)).resolves.toMatchObject({
      status: 'done',
      delivery: 'bounced',
    });
    await expect(usher.reasons(person.email)).resolves.toEqual(['bounced']);
    await expect(usher.events('mail.bounced.v1', person)).resolves.toBe(1);
  });

  it('is learned of from a provider that takes the mail and reports later', async () => {
    const { smtp } = usher.stack;
    const email = `nobody-${Date.now()}@example.com`;
    smtp.accepted = (mail) => {
      // It answers before it has looked for the mailbox.
      if (mail.to === email)
        void sendReport(usher.bouncePort, mail.from, reportOf({ recipient: email }));
    };
    try {
      const person = await usher.signUp({ email });
      await usher.becomes(person, 'bounced');
    } finally {
      smtp.accepted = () => undefined;
    }
  });

  it('lets no mail go out that nobody asked for, and one a day of those that the person asks for', async () => {
    const person = await usher.signUp();
    await report(person);
    await usher.becomes(person, 'bounced');
    for (const [nth, status] of [
      [1, 'sent'],
      [2, 'suppressed'],
    ] as const) {
      await reset(person);
      await eventually(async () => {
        const last = await lastStatus(person);
        return last?.count === nth && last.status === status;
      });
    }
    expect(mailsTo(person)).toBe(2);
    await advanceClock(usherMessaging, usher.stack.database, DAY_MS);
    await reset(person);
    await eventually(() => mailsTo(person) === 3);
  });

  it('is told by a server that refuses it in the dialogue: the step is done, and no dead letter is left', async () => {
    const email = `refused-${Date.now()}@example.com`;
    usher.stack.smtp.rule = (address) => (address === email ? 550 : undefined);
    usher.stack.smtp.words = '5.1.1 no such mailbox';
    try {
      const person = await usher.signUp({ email });
      await expect(usher.step(person)).resolves.toMatchObject({
        status: 'done',
        attempts: 1,
        delivery: 'bounced',
      });
      await expect(usher.reasons(email)).resolves.toEqual(['bounced']);
      await expect(usher.events('mail.bounced.v1', person)).resolves.toBe(1);
    } finally {
      usher.stack.smtp.rule = () => undefined;
      usher.stack.smtp.words = undefined;
    }
  });
});

describe('what a report says besides', () => {
  it.each([
    ['a full mailbox', { status: '5.2.2' }],
    ['a delay', { action: 'delayed', status: '4.4.1' } as const],
    ['a policy', { status: '5.7.1' }],
  ])('%s changes nothing that the person sees, and suppresses nothing', async (_what, change) => {
    const person = await usher.signUp();
    await expect(report(person, change)).resolves.toMatch(/^250 /);
    const next = await usher.signUp();
    await report(next);
    await usher.becomes(next, 'bounced');
    await expect(usher.delivery(person)).resolves.toBe('sent');
    await expect(usher.reasons(person.email)).resolves.toEqual([]);
  });

  it('counts only when it says more than before, however often servers say different things', async () => {
    const person = await usher.signUp();
    const handled = async (classes: string[]) => {
      const rows = await usher.stack.database.query<{ bounce: string }>(
        `SELECT o.data ->> 'bounce' AS bounce
           FROM messaging.outbox AS o JOIN messaging.deliveries AS d ON d.event_id = o.id AND d.status = 'done'
          WHERE o.type = 'mail.bounced.v1' AND o.subject = $1 ORDER BY o.id`,
        [person.id],
      );
      expect(rows.map(({ bounce }) => bounce)).toEqual(classes);
      return true;
    };
    await report(person, { status: '5.2.2' });
    await eventually(() => handled(['soft']));
    await report(person, { status: '5.7.1' });
    await eventually(() => handled(['soft', 'blocked']));
    for (const status of ['5.2.2', '5.7.1', '5.2.2']) await report(person, { status });
    await report(person);
    await eventually(() => handled(['soft', 'blocked', 'hard']));
  });

  it('that it was delivered is seen, and a bounce after it wins', async () => {
    const person = await usher.signUp();
    await report(person, { action: 'delivered', status: '2.0.0' });
    await usher.becomes(person, 'delivered');
    await report(person);
    await usher.becomes(person, 'bounced');
    await report(person, { action: 'delivered', status: '2.0.0' });
    await expect(usher.delivery(person)).resolves.toBe('bounced');
  });

  it('five full mailboxes of one address within a week are a bounce', async () => {
    const person = await usher.signUp();
    await report(person, { status: '5.2.2' });
    // Four more mails to the same address; each counts once.
    for (let nth = 1; nth <= 4; nth++) {
      await expect(usher.delivery(person)).resolves.toBe('sent');
      await expect(usher.reasons(person.email)).resolves.toEqual([]);
      await reset(person);
      const mail = await eventually(() => usher.stack.smtp.to(person.email)[nth]);
      for (let times = 0; times < 2; times++)
        await sendReport(
          usher.bouncePort,
          mail.from,
          reportOf({ recipient: person.email, status: '5.2.2' }),
        );
    }
    await eventually(async () => (await usher.reasons(person.email)).includes('bounced'));
    await expect(usher.delivery(person)).resolves.toBe('sent');
  });

  it('what nobody understands is taken and kept', async () => {
    const person = await usher.signUp();
    const taken = await sendReport(usher.bouncePort, returnPathOf(person), 'Subject: no\r\n\r\nno');
    expect(taken).toMatch(/^250 /);
    const [row] = await usher.stack.database.query<{ report: Buffer }>(
      `SELECT report FROM email.unread_reports ORDER BY received_at DESC LIMIT 1`,
    );
    expect(row!.report.toString()).toContain('Subject: no');
    await expect(usher.delivery(person)).resolves.toBe('sent');
  });
});

describe('the server that takes reports', () => {
  const forged = (person: MailedPerson) => {
    const last = person.mailId.at(-1) === 'a' ? 'e' : 'a';
    return `${person.mailId.slice(0, -1)}${last}@${BOUNCE_DOMAIN}`;
  };

  it('takes none to an address that is no return path of ours, or was changed', async () => {
    const person = await usher.signUp();
    for (const to of [`mei@${BOUNCE_DOMAIN}`, person.email, forged(person)]) {
      const reply = await sendReport(usher.bouncePort, to, reportOf({ recipient: person.email }));
      expect(reply).toMatch(/^550 5\.1\.1 /);
    }
    await expect(usher.delivery(person)).resolves.toBe('sent');
  });

  it('takes nothing but reports', async () => {
    const person = await usher.signUp();
    const raw = reportOf({ recipient: person.email });
    const reply = await sendReport(usher.bouncePort, returnPathOf(person), raw, 'a@b.example');
    expect(reply).toMatch(/^550 5\.7\.1 /);
  });

  it('takes none that is longer than 256 kB', async () => {
    const person = await usher.signUp();
    const long = `${reportOf({ recipient: person.email })}${'x'.repeat(70)}\r\n`.padEnd(
      300_000,
      'x',
    );
    await expect(sendReport(usher.bouncePort, returnPathOf(person), long)).resolves.toMatch(
      /^552 /,
    );
    await expect(usher.delivery(person)).resolves.toBe('sent');
  });

  it('takes none about a mail that is older than 14 days', async () => {
    const person = await usher.signUp();
    await advanceClock(usherMessaging, usher.stack.database, 14 * DAY_MS);
    await expect(report(person)).resolves.toMatch(/^550 5\.1\.1 /);
    await expect(usher.events('mail.bounced.v1', person)).resolves.toBe(0);
  });
});

describe('the webhooks of providers', () => {
  it.each(['ses', 'postmark'])(
    'of %s are not there unless they are configured',
    async (provider) => {
      const answer = await usher.stack.api.request('POST', `/v1/mail-feedback/${provider}`, {
        body: {},
      });
      expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
    },
  );
});

describe('an address that an operator suppresses', () => {
  const suppressions = (...args: string[]) => usher.usher('mail', 'suppressions', ...args);

  it('gets no mail: the step is done, and says that none was sent; until it is removed', async () => {
    const email = `silent-${Date.now()}@example.com`;
    const added = await suppressions('add', email.toUpperCase(), '--reason', 'asked by phone');
    expect(added).toMatchObject({
      code: 0,
      stdout: `${email} gets no more mail: asked by phone.\n`,
    });
    const person = await usher.signUp({ email });
    await expect(usher.step(person)).resolves.toMatchObject({
      status: 'done',
      delivery: 'not-sent',
    });
    await reset(person);
    await eventually(async () => (await lastStatus(person))?.status === 'suppressed');
    expect(mailsTo(person)).toBe(0);
    expect((await suppressions('remove', email)).code).toBe(0);
    await reset(person);
    await eventually(() => mailsTo(person) === 1);
  });

  it('is listed with its reason; one that is not suppressed cannot be removed, and what is no address is refused', async () => {
    const email = `listed-${Date.now()}@example.com`;
    await usher.stack.database.query(
      `INSERT INTO email.suppressions (address, reason, since, until) VALUES
              ($1, 'a test', messaging.now(), NULL), ($1, 'bounced', messaging.now(), messaging.now())`,
      [email],
    );
    const [asJson, asText, removed, added] = await Promise.all([
      suppressions('list', '--json'),
      suppressions('list'),
      suppressions('remove', `not-${email}`),
      suppressions('add', 'nobody', '--reason', 'x'),
    ]);
    const listed = (JSON.parse(asJson.stdout) as { address: string }[]).filter(
      ({ address }) => address === email,
    );
    // What has ended is not in force any more.
    expect(listed).toEqual([
      { address: email, reason: 'a test', since: expect.stringMatching(/Z$/), until: null },
    ]);
    expect(asText.stdout).toMatch(new RegExp(`${email} +a test `));
    expect(removed).toMatchObject({ code: 1, stderr: `not-${email} is not suppressed.\n` });
    expect(added.code).toBe(2);
  });
});
