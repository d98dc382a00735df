import { queueArguments } from './queue-arguments.js';

// A queue that exists with other arguments stops the start, so every change here needs a migration.
describe('the arguments of', () => {
  it('a handler queue: dead-lettered at least once to its own key, with a limit as a backstop', () => {
    expect(queueArguments.handler('email-worker.send-welcome-email', 'usher.dlx')).toEqual({
      'x-queue-type': 'quorum',
      'x-delivery-limit': 50,
      'x-dead-letter-exchange': 'usher.dlx',
      'x-dead-letter-routing-key': 'email-worker.send-welcome-email',
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    });
  });

  it('a wait queue: back to the handler queue alone after its time, with no limit of length', () => {
    expect(queueArguments.retry('email-worker.send-welcome-email', 10_000)).toEqual({
      'x-queue-type': 'quorum',
      'x-message-ttl': 10_000,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'email-worker.send-welcome-email',
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
      'x-delivery-limit': 1_000_000_000,
    });
  });

  it('a dead-letter queue: kept for ever, however often it is looked at', () => {
    expect(queueArguments.deadLetter()).toEqual({
      'x-queue-type': 'quorum',
      'x-delivery-limit': 1_000_000_000,
    });
  });
});
