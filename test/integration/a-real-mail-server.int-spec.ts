import { passwordResetRequested } from '#libs/contracts';
import { eventually } from '../support/eventually.js';
import { describeWithExim, Exim, type EximAnswers } from '../support/exim.js';
import { MailWorker, OFTEN } from '../support/mail-worker.js';
import { newPerson } from '../support/new-person.js';

describeWithExim()('Exim', () => {
  let worker: MailWorker;
  let exim: Exim;

  beforeAll(async () => {
    [worker, exim] = await Promise.all([MailWorker.prepare(), Exim.start()]);
  });

  afterAll(async () => {
    await worker.dispose();
    await exim.stop();
  });

  describe('that has an answer for one mail', () => {
    beforeAll(() => worker.start(exim));
    afterAll(() => worker.stop());

    it.each([
      // Then the ten RSETs after refusals are too many for it, and it drops the connection.
      ['450 4.2.0 greylisted', 'dropped: too many nonmail commands'],
      // It keeps the connection, and answers the commands that were sent together with RCPT.
      ['421 4.3.2 closing', 'temporarily rejected RCPT'],
    ])('%j to RCPT: it waits without an attempt, and no other does', async (reply, logged) => {
      const ada = newPerson(worker.broker);
      await exim.answer({ [`RCPT/${ada.email}`]: reply });
      ada.publish();
      const rejected = `temporarily rejected RCPT <${ada.email}>: ${reply}`;
      await expect(worker.inStatus(ada, 'retrying')).resolves.toMatchObject({ attempts: 0 });
      for (const person of [worker.signUp(), worker.signUp(), worker.signUp()])
        await worker.expectSent(person);
      await eventually(() => exim.logged(rejected) > OFTEN && exim.logged(logged) > 0);
      await expect(worker.inStatus(ada, 'retrying')).resolves.toMatchObject({ attempts: 0 });
      expect(await worker.metric('usher_email_paused')).toBe(0);
      await exim.answer({});
      await worker.expectSent(ada);
    });

    it.each([
      ['550 5.1.1 no such mailbox', 'done', 0],
      ['550 5.6.0 not like this', 'failed', 1],
    ])('%j to RCPT: it is %s at the first answer', async (reply, status, deadLetters) => {
      const ada = newPerson(worker.broker);
      await exim.answer({ [`RCPT/${ada.email}`]: reply });
      ada.publish();
      await expect(worker.inStatus(ada, status)).resolves.toMatchObject({ attempts: 1 });
      await worker.expectSent(worker.signUp());
      expect(exim.logged(`rejected RCPT <${ada.email}>`)).toBe(1);
      expect(await worker.deadLetters()).toBe(deadLetters);
    });

    it('its end is answered after 25 s: it is sent once, and the mails of other queues do not wait', async () => {
      const ada = newPerson(worker.broker);
      await exim.answer({ [`DELAY/${ada.email}`]: '25s' });
      ada.publish();
      const delayed = `delayed the answer to ${ada.email}`;
      await eventually(() => exim.logged(delayed) === 1);
      await worker.expectSent(worker.signUp({ definition: passwordResetRequested }));
      await expect(worker.rowOf(ada)).resolves.toMatchObject({ status: 'processing' });
      await worker.expectSent(ada, 40_000);
      expect(exim.logged(delayed)).toBe(1);
    });
  });

  describe('that takes fewer connections than the pool has', () => {
    let strict: Exim;

    beforeAll(async () => {
      strict = await Exim.start('smtp_accept_max_per_host = 2');
      await worker.start(strict, { CONSUMER_PREFETCH: '8', SMTP_POOL: '8' });
    });

    afterAll(async () => {
      await worker.stop();
      await strict.stop();
    });

    it('gets all mails over those that it takes', async () => {
      const people = Array.from({ length: 60 }, () => worker.signUp());
      for (const person of people) {
        await expect(worker.inStatus(person, 'done', 40_000)).resolves.toMatchObject({
          attempts: 1,
        });
        expect(strict.mailsTo(person.email)).toBe(1);
      }
      expect(strict.logged('too many connections')).toBeGreaterThan(0);
      expect(await worker.metric('usher_email_paused')).toBe(0);
    });
  });

  describe('that refuses us', () => {
    afterEach(() => worker.stop());

    it.each<[EximAnswers, string, string, string, string]>([
      [{ MAIL: '550 5.7.1 you may not send' }, 'rejected MAIL', '550 5.7.1', '', 'policy'],
      [{ AUTH: 'no' }, 'authenticator failed', '535 Incorrect', 'u:wrong@', 'authentication'],
    ])(
      'by %j is asked once a pause for 40 mails, and none is given up',
      async (...given) => {
        const [answers, refused, reply, userinfo, reason] = given;
        await exim.answer(answers);
        await worker.start(exim, {
          SMTP_URL: `smtp://${userinfo}${exim.host}`,
          CONSUMER_PREFETCH: '40',
        });
        const people = Array.from({ length: 40 }, () => worker.signUp());
        await eventually(async () => (await worker.deliveries('waiting'))! > people.length);
        const times = exim.logged(refused);
        expect(times).toBeGreaterThanOrEqual(1);
        expect(times).toBeLessThanOrEqual(3);
        expect(await worker.metric('usher_email_paused')).toBe(1);
        expect(await worker.refusals(reason)).toBe(exim.logged(refused));
        expect(await worker.readinessOfMailServer()).toContain(reply);
        await exim.answer({});
        for (const person of people) await worker.expectSent(person);
        expect(await worker.deadLetters()).toBe(0);
      },
      60_000,
    );
  });
});
