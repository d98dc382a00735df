import type { Database } from '#libs/database';
import type { EmailWorkerConfig } from '../email-worker.config.js';
import { MailRate } from './mail-rate.js';

const STALL_MS = 60;

/** A database that answers that a mail may go out in a moment; then this process stalls, so many times. */
function stalling(stalls: number) {
  const asked = { times: 0 };
  const database = {
    query: async () => {
      if (asked.times++ < stalls) void stallSoon();
      return [{ wait_ms: 1 }];
    },
  } as unknown as Database;
  const config = { MAIL_RATE: { count: 10, perMs: 1_000 } } as EmailWorkerConfig;
  const mail = { messageId: '', consumer: '', recipient: '', userId: '', isAskedFor: false };
  const rate = new MailRate(config, database);
  const wait = () =>
    rate.wait({ eventId: '', template: 'a-mail' }, mail, new AbortController().signal);
  return { asked, wait };
}

/** Once the caller sleeps, and before any timer ends. */
async function stallSoon(): Promise<void> {
  for (let tick = 0; tick < 20; tick++) await Promise.resolve();
  const end = performance.now() + STALL_MS;
  while (performance.now() < end);
}

describe('a mail that wakes late', () => {
  it('takes another moment', async () => {
    const { asked, wait } = stalling(1);
    await wait();
    expect(asked.times).toBeGreaterThanOrEqual(2);
  });

  it('goes out after three that it has missed', async () => {
    const { asked, wait } = stalling(Infinity);
    await wait();
    expect(asked.times).toBe(4);
  });
});
