import { ConfigError, loadConfig } from '#libs/service-defaults';
import { MessagingConfig } from './messaging.config.js';

const config = (env: NodeJS.ProcessEnv = {}) =>
  loadConfig([MessagingConfig], { RABBITMQ_URL: 'amqp://localhost', ...env }).get(
    MessagingConfig,
  ) as MessagingConfig;

describe('the configuration of messaging', () => {
  it('needs the address of a broker and has a default for the rest', () => {
    expect(config()).toMatchObject({
      RABBITMQ_URL: ['amqp://localhost'],
      CONSUMER_PREFETCH: 1,
      CONSUMER_RETRY_DELAYS: [1_000, 10_000, 60_000, 600_000],
      CONSUMER_RETRY_FOR: 86_400_000,
      CONSUMER_HANDLER_TIMEOUT: 20_000,
      // 5 minutes before the mail and 10 for its answer: RFC 5321, section 4.5.3.2.
      CONSUMER_EXTERNAL_TIMEOUT: 900_000,
      CRASH_LIMIT: 10,
    });
    expect(() => config({ RABBITMQ_URL: '' })).toThrow('RABBITMQ_URL: is required');
  });

  it('takes the nodes of a cluster, separated by commas', () => {
    expect(config({ RABBITMQ_URL: 'amqp://u:p@one:5672/v, amqps://two' }).RABBITMQ_URL).toEqual([
      'amqp://u:p@one:5672/v',
      'amqps://two',
    ]);
  });

  it.each(['http://localhost', 'localhost:5672', 'amqp://', 'amqp://one,', 'amqp://one two'])(
    'refuses %j as the address of a broker',
    (RABBITMQ_URL) => {
      expect(() => config({ RABBITMQ_URL })).toThrow(ConfigError);
    },
  );

  it('spells the retry steps canonically, as in the names of queues', () => {
    expect(config({ CONSUMER_RETRY_DELAYS: '500ms, 60s,120m' }).retrySteps).toEqual([
      '500ms',
      '1m',
      '2h',
    ]);
  });

  it.each(['10s,1s', '1s,1s', '60s,1m', '0s,1s', '1s,,2s', '1s,soon', '1'])(
    'refuses %j as retry delays, which have to rise',
    (CONSUMER_RETRY_DELAYS) => {
      expect(() => config({ CONSUMER_RETRY_DELAYS })).toThrow(
        'CONSUMER_RETRY_DELAYS: expected rising durations',
      );
    },
  );

  it.each([
    ['CONSUMER_PREFETCH', '0'],
    ['CONSUMER_PREFETCH', '1001'],
    ['CRASH_LIMIT', '1'],
    // RabbitMQ takes a message back then.
    ['CONSUMER_EXTERNAL_TIMEOUT', '30m'],
    ['OUTBOX_LEASE', '60'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => config({ [name]: value })).toThrow(`${name}: `);
  });

  it('keeps the crash limit below the delivery limit of the queues, which drops our headers', () => {
    expect(config({ CRASH_LIMIT: '49' }).CRASH_LIMIT).toBe(49);
    expect(() => config({ CRASH_LIMIT: '50' })).toThrow('CRASH_LIMIT: ');
  });
});
