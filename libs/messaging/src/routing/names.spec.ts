import { deadLetterQueue, retryQueue } from './names.js';

describe('the names of queues', () => {
  it('are the handler queue followed by what they are for', () => {
    expect(deadLetterQueue('email-worker.send-welcome-email')).toBe(
      'email-worker.send-welcome-email.dlq',
    );
    expect(retryQueue('email-worker.send-welcome-email', 10_000)).toBe(
      'email-worker.send-welcome-email.retry.10s',
    );
  });

  it('carry the canonical duration of a step, however it was configured', () => {
    expect(retryQueue('q', 60_000)).toBe('q.retry.1m');
    expect(retryQueue('q', 90_000)).toBe('q.retry.90s');
    expect(retryQueue('q', 500)).toBe('q.retry.500ms');
  });
});
