import { z } from 'zod';
import {
  defineConfig,
  duration,
  formatDuration,
  parseDuration,
  serverUrls,
} from '#libs/service-defaults';

const retryDelays = z
  .string()
  .default('1s,10s,1m,10m')
  .transform((text, context) => {
    const delays = text.split(',').map((part) => parseDuration(part));
    const rising = delays.every(
      (d, i) => d !== undefined && d > (i === 0 ? 0 : (delays[i - 1] ?? d)),
    );
    if (rising) return delays as number[];
    context.addIssue({
      code: 'custom',
      message: 'expected rising durations such as 1s,10s,1m,10m',
    });
    return z.NEVER;
  });

const brokerUrls = () =>
  serverUrls({ protocol: /^amqps?:$/, example: 'amqp:// or amqps://user:password@host:port' });

/** RabbitMQ's default `consumer_timeout`, after which it takes a message back: https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout */
const BROKER_CONSUMER_TIMEOUT_MS = parseDuration('30m')!;

/** How a process talks to RabbitMQ. Durations are in milliseconds. */
export class MessagingConfig extends defineConfig({
  /** The nodes of one cluster. */
  RABBITMQ_URL: brokerUrls(),
  /** Unacknowledged messages per queue and process. */
  CONSUMER_PREFETCH: z.coerce.number().int().min(1).max(1_000).default(1),
  /** The pauses before the second, third, … attempt; attempts = their number + 1. */
  CONSUMER_RETRY_DELAYS: retryDelays,
  /** How long a message waits for a dependency that is away before it is dead-lettered. */
  CONSUMER_RETRY_FOR: duration().default(parseDuration('24h')!),
  /** How long one run of a handler may take whose effect is in the database. */
  CONSUMER_HANDLER_TIMEOUT: duration().default(20_000),
  /**
   * The same when its effect is outside the database. The default leaves 10 minutes for the answer to a
   * mail after everything before it has taken the 5 minutes that it may: RFC 5321, section 4.5.3.2.
   */
  CONSUMER_EXTERNAL_TIMEOUT: duration()
    .refine((milliseconds) => milliseconds < BROKER_CONSUMER_TIMEOUT_MS, {
      message: 'expected less than 30m, after which RabbitMQ takes a message back',
    })
    .default(parseDuration('15m')!),
  /** Deliveries of one message without an outcome before it is taken for a process killer. */
  CRASH_LIMIT: z.coerce.number().int().min(2).max(49).default(10),
  OUTBOX_POLL_INTERVAL: duration().default(1_000),
  /** How long a relay may hold a batch before another may take it over. */
  OUTBOX_LEASE: duration().default(60_000),
  /** How long published events are kept for replay and reconciliation. */
  OUTBOX_RETENTION: duration().default(parseDuration('7d')!),
  /** How often one API instance looks for deliveries that are truly missing. */
  RECONCILE_INTERVAL: duration().default(60_000),
  /** How long after its publishing an event without an outcome counts as possibly missing. */
  RECONCILE_AFTER: duration().default(300_000),
  /**
   * How long a publisher confirm may take before its outcome counts as unknown; longer than the 15 s after
   * which a broker that is silent counts as away, and shorter than {@link OUTBOX_LEASE}.
   */
  PUBLISH_CONFIRM_TIMEOUT: duration().default(30_000),
}) {
  /** The pauses as they are spelled in queue names. */
  get retrySteps(): string[] {
    return this.CONSUMER_RETRY_DELAYS.map(formatDuration);
  }
}
