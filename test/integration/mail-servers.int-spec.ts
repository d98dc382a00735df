import { passwordResetRequested } from '#libs/contracts';
import { eventually } from '../support/eventually.js';
import { MailWorker, OFTEN } from '../support/mail-worker.js';
import { newPerson } from '../support/new-person.js';
import { ScriptedSmtpServer, type Stage } from '../support/scripted-smtp-server.js';

let worker: MailWorker;
let server: ScriptedSmtpServer;

beforeAll(async () => {
  worker = await MailWorker.prepare();
});

beforeEach(async () => {
  server = await ScriptedSmtpServer.start();
});

afterEach(async () => {
  await worker.stop();
  await server.stop();
});

afterAll(() => worker.dispose());

/** Answers so at this stage, so often, then as usual. */
function answerAt(stage: Stage, reply: string, times: number): { left: number } {
  const script = { left: times };
  server.answer = (asked) => (asked === stage && script.left-- > 0 ? reply : undefined);
  return script;
}

describe('a server that says later', () => {
  it.each<[Stage, string]>([
    ['CONN', '421 4.3.2 too many connections'],
    ['EHLO', '421 4.3.2 shutting down'],
    ['STARTTLS', '454 4.7.0 TLS is not available'],
    ['AUTH', '454 4.7.0 too many log-in attempts'],
    ['MAIL', '452 4.3.1 no space left'],
  ])('to %s gets a pause, and the mail uses up no attempt', async (stage, reply) => {
    if (stage === 'STARTTLS' || stage === 'AUTH')
      server.extensions.add(stage === 'AUTH' ? 'AUTH PLAIN' : stage);
    server.answer = (asked) => {
      if (asked !== stage) return undefined;
      server.answer = () => undefined;
      server.extensions.delete('STARTTLS');
      return reply;
    };
    await worker.start(server, stage === 'AUTH' ? { SMTP_URL: `smtp://u:p@${server.host}` } : {});
    const ada = worker.signUp();
    await expect(worker.inStatus(ada, 'retrying')).resolves.toMatchObject({ attempts: 0 });
    expect(await worker.metric('usher_email_paused')).toBe(1);
    await worker.expectSent(ada);
    expect(await worker.metric('usher_email_paused')).toBe(0);
    expect(server.timesAsked(stage)).toBe(2 - Number(stage === 'STARTTLS'));
  });

  it.each<[Stage, string]>([
    ['RCPT', '450 4.2.0 greylisted'],
    ['RCPT', '451-4.7.1 greylisted,\n451 4.7.1 come again in five minutes'],
    ['RCPT', '452 4.2.2 mailbox full'],
    ['DATA', '451 4.3.0 local error'],
    ['end', '450 4.7.1 rate limited'],
    ['end', '550 4.4.2 the code of later with the number of never'],
  ])('to %s by %j lets this mail wait without an attempt, and no other', async (stage, reply) => {
    await worker.start(server);
    const ada = newPerson(worker.broker);
    const script = { left: OFTEN };
    server.answer = (asked, to) => {
      const isHers = asked === stage && to === ada.email;
      return isHers && script.left-- > 0 ? reply : undefined;
    };
    ada.publish();
    await expect(worker.inStatus(ada, 'retrying')).resolves.toMatchObject({ attempts: 0 });
    script.left += 1_000;
    await worker.expectSent(worker.signUp());
    expect(script.left).toBeGreaterThan(OFTEN);
    await eventually(
      async () => script.left <= 1_000 - OFTEN && (await worker.inStatus(ada, 'retrying')),
    );
    script.left = 0;
    await worker.expectSent(ada);
    expect(await worker.deliveries('deferred')).toBeGreaterThan(OFTEN);
  });

  it.each<[Stage, string]>([
    ['RCPT', '8BITMIME'],
    ['RCPT', 'PIPELINING'],
    ['DATA', '8BITMIME'],
    ['DATA', 'PIPELINING'],
  ])('by 421 to %s of one mail, and has %s, gets the others all the same', async (stage, has) => {
    server.extensions.add(has);
    await worker.start(server);
    const ada = newPerson(worker.broker);
    let isClosing = true;
    server.answer = (asked, to) =>
      isClosing && asked === stage && to === ada.email ? '421 4.3.2 closing' : undefined;
    ada.publish();
    await expect(worker.inStatus(ada, 'retrying')).resolves.toMatchObject({ attempts: 0 });
    await worker.expectSent(worker.signUp());
    expect(await worker.metric('usher_email_paused')).toBe(0);
    isClosing = false;
    await worker.expectSent(ada);
  });
});

describe('a server that refuses us in a mail', () => {
  it.each<[Stage, string, string]>([
    ['RCPT', '554 5.7.1 <ada@example.com>: Relay access denied', 'policy'],
    ['end', '550 5.7.60 SMTP; Client does not have permissions to send as this sender', 'sender'],
    ['end', '554 Message rejected: Email address is not verified.', 'sender'],
    ['end', '550 5.4.5 Daily SMTP relay sending limit exceeded', 'quota'],
  ])(
    'at %s by %j lets it wait, counts it, and no mail is given up',
    async (stage, reply, reason) => {
      await worker.start(server);
      const script = answerAt(stage, reply, 1_000);
      const people = [worker.signUp(), worker.signUp()];
      await eventually(() => script.left <= 1_000 - 2 * OFTEN);
      for (const person of people) {
        await expect(worker.inStatus(person, 'retrying')).resolves.toMatchObject({ attempts: 0 });
      }
      expect(await worker.deadLetters()).toBe(0);
      expect(await worker.refusals(reason)).toBeGreaterThanOrEqual(2 * OFTEN - 1);
      script.left = 0;
      for (const person of people) await worker.expectSent(person);
    },
  );
});

describe('a server that refuses us before the mail', () => {
  it.each<[Stage, string, string, string]>([
    ['AUTH', '535 5.7.8 bad credentials', 'u:wrong@', 'authentication'],
    ['MAIL', '550 5.7.1 you may not send', '', 'policy'],
    ['CONN', '554 5.7.1 your address is blocked', '', 'policy'],
  ])(
    'at %s by %j is asked once a pause for 40 mails, and says so once',
    async (...given) => {
      const [stage, reply, userinfo, reason] = given;
      server.extensions.add('AUTH PLAIN');
      const script = answerAt(stage, reply, 1_000);
      const lines: string[] = [];
      const env = { SMTP_URL: `smtp://${userinfo}${server.host}`, CONSUMER_PREFETCH: '40' };
      await worker.start(server, env, (line) => lines.push(line));
      const people = Array.from({ length: 40 }, () => worker.signUp());
      await eventually(async () => (await worker.deliveries('waiting'))! > 118);
      expect(server.timesAsked(stage)).toBeLessThanOrEqual(3);
      expect(await worker.refusals(reason)).toBe(server.timesAsked(stage));
      expect(await worker.metric('usher_email_paused')).toBe(1);
      expect(await worker.readinessOfMailServer()).toContain(reply);
      script.left = 0;
      for (const person of people) await worker.expectSent(person);
      expect(lines.filter((line) => line.includes('all mails wait'))).toHaveLength(1);
      expect(lines.filter((line) => line.includes('takes mails again'))).toHaveLength(1);
    },
    60_000,
  );
});

describe('a server that refuses the mail for good', () => {
  it.each<[Stage, string]>([
    ['RCPT', '550 no such mailbox'],
    ['RCPT', '552 5.2.2 the mailbox is full'],
    ['RCPT', '553 5.6.7 SMTPUTF8 is required'],
    ['end', '554 5.6.0 no'],
  ])('at %s by %j gets it once: it is a dead letter', async (stage, reply) => {
    await worker.start(server);
    const script = answerAt(stage, reply, 1_000);
    await expect(worker.inStatus(worker.signUp(), 'failed')).resolves.toMatchObject({
      attempts: 1,
    });
    expect(script.left).toBe(999);
    expect(await worker.deadLetters()).toBe(1);
  });

  it.each<[Stage, string]>([
    ['RCPT', '550 5.1.1 no such mailbox'],
    ['end', '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found'],
  ])('at %s by %j, since there is no such mailbox, has let it bounce', async (stage, reply) => {
    await worker.start(server);
    const script = answerAt(stage, reply, 1_000);
    await expect(worker.inStatus(worker.signUp(), 'done')).resolves.toMatchObject({ attempts: 1 });
    expect(script.left).toBe(999);
    expect(await worker.deadLetters()).toBe(0);
    const bounced = { kind: 'bounced', provider: 'smtp' };
    expect(await worker.metric('usher_mail_feedback_total', bounced)).toBe(1);
  });
});

describe('a connection that is kept open', () => {
  it('and was closed by the server while it was idle costs the next mail nothing', async () => {
    await worker.start(server);
    await worker.expectSent(worker.signUp());
    server.hangUp();
    await worker.expectSent(worker.signUp());
    expect(await worker.deliveries('waiting')).toBe(0);
  });

  it.each<Stage>(['MAIL', 'RCPT', 'DATA'])(
    'and is closed at %s lets the mail wait: nothing was handed over',
    async (stage) => {
      await worker.start(server);
      answerAt(stage, 'hang up', OFTEN);
      await worker.expectSent(worker.signUp());
    },
  );
});

describe('a server that is slow to answer for the mail', () => {
  /** Far longer than a handler with an effect in the database may take. */
  const slow = { CONSUMER_HANDLER_TIMEOUT: '100ms', CONSUMER_EXTERNAL_TIMEOUT: '20s' };

  it('gets it once, and the mails of other queues do not wait behind it', async () => {
    await worker.start(server, slow);
    const ada = newPerson(worker.broker);
    let letGo!: () => void;
    const held = new Promise<undefined>((resolve) => (letGo = () => resolve(undefined)));
    server.answer = (stage, to) => (stage === 'end' && to === ada.email ? held : undefined);
    ada.publish();
    await eventually(() => server.timesAsked('end') === 1);
    const startedAt = Date.now();
    await worker.expectSent(worker.signUp({ definition: passwordResetRequested }));
    await eventually(() => Date.now() > startedAt + 10 * 100);
    await expect(worker.rowOf(ada)).resolves.toMatchObject({ status: 'processing' });
    letGo();
    await worker.expectSent(ada);
    expect(server.timesAsked('end')).toBe(2);
  });

  it('is broken off when the worker stops; the mail goes out again at once, and is counted', async () => {
    await worker.start(server, { ...slow, SHUTDOWN_TIMEOUT: '2s' });
    server.answer = (stage) => (stage === 'end' ? new Promise(() => undefined) : undefined);
    const ada = worker.signUp();
    await eventually(() => server.timesAsked('end') === 1);
    await expect(worker.terminate()).resolves.toBe('exit code 0');
    await expect(worker.rowOf(ada)).resolves.toMatchObject({ status: 'retrying' });
    server.answer = () => undefined;
    await worker.start(server, slow);
    await expect(worker.inStatus(ada, 'done')).resolves.toMatchObject({ possible_duplicates: 1 });
    expect(await worker.metric('usher_email_possible_duplicates_total')).toBe(1);
  });

  it('that does not even ask for it lets it wait without an attempt', async () => {
    await worker.start(server, { CONSUMER_EXTERNAL_TIMEOUT: '1500ms' });
    let left = OFTEN;
    server.answer = (stage) =>
      stage === 'RCPT' && left-- > 0 ? new Promise(() => undefined) : undefined;
    await worker.expectSent(worker.signUp());
  });
});
