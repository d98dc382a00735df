import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { DeferredError, DependencyUnavailableError } from '#libs/messaging';
import { Readiness } from '#libs/service-defaults';
import { MailServerBreaker, PAUSE, type DialogueProgress } from './mail-server-breaker.js';
import { MailServerRefusalError } from './smtp-errors.js';

const refusal = () => new MailServerRefusalError('535 bad password', 'authentication', undefined);

let readiness: Readiness;
let breaker: MailServerBreaker;
let touched: number;

beforeEach(() => {
  jest.useFakeTimers();
  Logger.overrideLogger(false);
  readiness = new Readiness();
  breaker = new MailServerBreaker(readiness);
  touched = 0;
});

afterEach(() => {
  jest.useRealTimers();
});

const dialogue = (end: (progress: DialogueProgress) => Promise<void>) =>
  breaker
    .run((progress) => {
      touched++;
      return end(progress);
    })
    .then(
      () => 'sent' as const,
      (error: Error) => error,
    );

const refused = () => dialogue(() => Promise.reject(refusal()));
const sent = () => dialogue(() => Promise.resolve());

/** A dialogue that the test ends. */
function held() {
  let end!: (error?: Error) => void;
  let progress!: DialogueProgress;
  const outcome = dialogue((given) => {
    progress = given;
    return new Promise((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())));
  });
  return { outcome, end, progress };
}

describe('a mail server that refuses us', () => {
  it('is asked by one dialogue in each pause, and the pauses double up to ten minutes', async () => {
    const pauses = [];
    for (let i = 0; i < 10; i++) {
      const before = touched;
      await Promise.all(Array.from({ length: 40 }, refused));
      expect(touched).toBe(before + 1);
      const error = await sent();
      const { retryAfterMs } = error as DependencyUnavailableError;
      pauses.push(retryAfterMs);
      jest.advanceTimersByTime(retryAfterMs - 1);
      await sent();
      expect(touched).toBe(before + 1);
      jest.advanceTimersByTime(1);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600, 600].map((s) => s * 1_000));
    expect(PAUSE).toEqual({ firstMs: 5_000, longestMs: 600_000 });
  });

  it('has refused only the one that asked', async () => {
    const errors = await Promise.all(Array.from({ length: 40 }, refused));

    expect(errors.filter((error) => error instanceof MailServerRefusalError)).toHaveLength(1);
  });

  it('lets mails wait with its own words, and says so in the readiness, until it takes one', async () => {
    await refused();
    const waiting = await sent();

    expect(waiting).toBeInstanceOf(DependencyUnavailableError);
    expect(waiting).toMatchObject({ message: '535 bad password' });
    jest.useRealTimers();
    expect((await readiness.report()).checks).toEqual({ 'mail-server': '535 bad password' });

    jest.useFakeTimers({ now: Date.now() + PAUSE.firstMs });
    expect(await sent()).toBe('sent');
    jest.useRealTimers();
    expect((await readiness.report()).status).toBe('ready');
  });

  it('leaves the worker ready when it only asks to come later', async () => {
    await breaker
      .run(() => Promise.reject(new MailServerRefusalError('421 busy', undefined, undefined)))
      .catch(() => undefined);

    expect(await sent()).toMatchObject({ message: '421 busy' });
    jest.useRealTimers();
    expect((await readiness.report()).status).toBe('ready');
  });

  it('begins with the first pause again after it has taken a mail', async () => {
    await refused();
    jest.advanceTimersByTime(PAUSE.firstMs);
    await sent();
    await refused();

    expect(await sent()).toMatchObject({ retryAfterMs: PAUSE.firstMs });
  });

  it('breaks off the dialogues that have not logged in, and no other', async () => {
    await sent();
    const [outside, inside] = [held(), held()];
    inside.progress.loggedIn();
    await refused();

    expect(outside.progress.refused.aborted).toBe(true);
    expect(inside.progress.refused.aborted).toBe(false);
    outside.end(refusal());
    inside.end();
    await expect(inside.outcome).resolves.toBe('sent');
    // What began before the refusal proves nothing.
    expect(await sent()).toBeInstanceOf(DependencyUnavailableError);
  });

  it('has not taken us by a log-in alone, since the sender may be what it refuses', async () => {
    await refused();
    jest.advanceTimersByTime(PAUSE.firstMs);
    const probe = held();
    probe.progress.loggedIn();
    const other = sent();
    expect(touched).toBe(2);
    probe.progress.accepted();

    await expect(other).resolves.toBe('sent');
    probe.end();
  });

  it('is probed again after a pause, while the dialogue that proved it goes on', async () => {
    const first = held();
    first.progress.loggedIn();
    await refused();
    jest.advanceTimersByTime(PAUSE.firstMs);

    await expect(sent()).resolves.toBe('sent');
    first.end();
    await expect(first.outcome).resolves.toBe('sent');
    await expect(sent()).resolves.toBe('sent');
  });

  it('has not taken us when the dialogue was broken off', async () => {
    await refused();
    jest.advanceTimersByTime(PAUSE.firstMs);
    await dialogue(() => Promise.reject(new Error('the time is up')));
    const probe = held();
    const other = sent();
    expect(touched).toBe(3);
    probe.end(refusal());

    await expect(other).resolves.toBeInstanceOf(DependencyUnavailableError);
  });
});

describe('a server that says later at the door', () => {
  const tooMany = () => {
    const reply = Object.assign(new Error('421 too many connections'), { command: 'CONN' });
    return new MailServerRefusalError('421 too many connections', undefined, reply);
  };

  it('while it serves another connection of ours wants fewer of them, and no pause', async () => {
    const first = held();
    first.progress.loggedIn();
    const second = held();
    second.end(tooMany());

    await expect(second.outcome).resolves.toMatchObject({ message: '421 too many connections' });
    await expect(sent()).resolves.toBe('sent');
    first.end();
    await expect(first.outcome).resolves.toBe('sent');
  });

  it('and has served one meanwhile wants the same', async () => {
    await sent();
    const second = held();
    await dialogue(async (progress) => progress.loggedIn());
    second.end(tooMany());

    await second.outcome;
    await expect(sent()).resolves.toBe('sent');
  });

  it('to all of them serves nobody', async () => {
    await sent();
    const second = held();
    second.end(tooMany());

    await second.outcome;
    expect(await sent()).toBeInstanceOf(DependencyUnavailableError);
  });
});

describe('the first dialogue of a process', () => {
  it('lets the others begin as soon as it has logged in', async () => {
    const first = held();
    const second = sent();
    expect(touched).toBe(1);
    first.progress.loggedIn();

    await expect(second).resolves.toBe('sent');
    first.end();
    await expect(first.outcome).resolves.toBe('sent');
  });

  it('shares its fate with those that wait for it, and the next one tries again', async () => {
    const away = new DependencyUnavailableError('no route');
    const first = held();
    const second = sent();
    first.end(away);

    await expect(second).resolves.toBe(away);
    await expect(sent()).resolves.toBe('sent');
  });
});

it('a mail that is to come later does not hold up the others', async () => {
  await dialogue(() => Promise.reject(new DeferredError('451')));

  await expect(sent()).resolves.toBe('sent');
});
