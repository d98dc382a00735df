import { consumersOf } from './consumers.js';

const queue = (name: string, messages = 0, consumers = 0) => ({ name, messages, consumers });

describe('the queues of a consumer', () => {
  it('are shown in one line, those of a consumer with a longer name apart', () => {
    const consumers = consumersOf([
      queue('mail.send.dlq', 3),
      queue('mail.send', 7, 2),
      queue('mail.send.retry.1s', 1),
      queue('mail.send.retry.10m', 4),
      queue('mail.send-again', 5, 1),
      queue('mail.send-again.retry.1s', 6),
    ]);
    expect(consumers).toEqual([
      { name: 'mail.send', waiting: 7, workers: 2, retrying: 5, deadLetters: 3 },
      { name: 'mail.send-again', waiting: 5, workers: 1, retrying: 6, deadLetters: 0 },
    ]);
  });

  it('are unknown where the broker cannot say what one of them holds', () => {
    const lost = (name: string) => ({ name, messages: null, consumers: null });
    const consumers = consumersOf([
      lost('mail.send'),
      queue('mail.send.retry.1s', 1),
      lost('mail.send.retry.10m'),
      queue('mail.send.dlq', 3),
    ]);
    expect(consumers).toEqual([
      { name: 'mail.send', waiting: null, workers: null, retrying: null, deadLetters: 3 },
    ]);
  });
});
