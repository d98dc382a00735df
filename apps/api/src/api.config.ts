import { JourneyConfig } from '#libs/journeys';
import { LinkConfig } from '#libs/link-tokens';
import { defineConfig, duration, rate } from '#libs/service-defaults';
import { availableParallelism } from 'node:os';
import { z } from 'zod';

/** What the API reads beyond what every app reads. */
export class ApiConfig extends defineConfig({
  ...LinkConfig.shape,
  ...JourneyConfig.shape,
  /** Whether a sign-up is told at once what became of it, or only its address's owner is, by mail. */
  SIGNUP_MODE: z.enum(['instant', 'private']).default('instant'),
  /** The shortest password; NIST SP 800-63B-4, section 3.1.1.2, asks for 15 where there is no second factor. */
  PASSWORD_MIN: z.coerce.number().int().min(8).max(128).default(15),
  /** Lets operators in to `/v1/ops`; without it nobody is let in. */
  OPS_TOKEN: z.string().min(16).optional(),
  /** A service that knows breached passwords by ranges of their SHA-1; without one nobody is asked. */
  PASSWORD_RANGE_URL: z
    .url({
      protocol: /^https?$/,
      hostname: /./,
      error: 'expected http:// or https:// and a host',
    })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /** How long that service may take before the password passes. */
  PASSWORD_RANGE_TIMEOUT: duration().default(1_000),
  /**
   * Passwords hashed at the same time: two more than cores, so that none is idle while one sign-up looks for
   * a taken address and a turn passes on.
   */
  HASH_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(availableParallelism() + 2),
  /** Requests that may wait for a hash before the answer is 503. */
  HASH_QUEUE_LIMIT: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(32 * availableParallelism()),
  /** How long a request that is no sign-up of the line may wait for a hash before the answer is 503. */
  HASH_QUEUE_TIMEOUT: duration().default(1_000),
  /** Whether sign-ups that exceed what can be hashed wait in a line (on) or are refused (off). */
  LINE: z.enum(['on', 'off']).default('on'),
  /** The longest wait for which a place in the line is given. */
  LINE_LIMIT: duration().default(900_000),
  /** The share of the hashes for log-ins, resets and repeated requests while sign-ups wait, 0.05 to 0.95. */
  HASH_SHARE_OTHER: z.coerce.number().min(0.05).max(0.95).default(0.25),
  /** Sign-ups of one client network. */
  RATE_LIMIT_SIGNUP: rate().default({ count: 300, perMs: 60_000 }),
  /** Log-ins of one client network. */
  RATE_LIMIT_LOGIN: rate().default({ count: 60, perMs: 60_000 }),
  /** Requests for mails of one client network, and mails of one kind to one recipient. */
  RATE_LIMIT_MAIL: rate().default({ count: 10, perMs: 600_000 }),
  /** Failed log-ins to one account of one client network. */
  RATE_LIMIT_ACCOUNT_LOGIN: rate().default({ count: 10, perMs: 600_000 }),
  /** Mails to strangers: to one mailbox, by one client network, to one domain, and in all. */
  MAIL_BUDGET_MAILBOX: rate().default({ count: 3, perMs: 3_600_000 }),
  MAIL_BUDGET_NETWORK: rate().default({ count: 60, perMs: 3_600_000 }),
  MAIL_BUDGET_DOMAIN: rate().default('off'),
  MAIL_BUDGET_TOTAL: rate().default('off'),
  /** What a sign-up has to solve beyond a budget; with `none` budgets are only counted. */
  CHALLENGE: z.enum(['altcha', 'none']).default('altcha'),
  /** Whether every sign-up has to, or only beyond a budget. */
  CHALLENGE_WHEN: z.enum(['budget', 'always']).default('budget'),
  /** Whether a sign-up with an address that can be thrown away has to. */
  DISPOSABLE_DOMAINS: z.enum(['allow', 'challenge']).default('allow'),
  /** The topic of Amazon SNS by which Amazon SES says what became of mails; without it `/v1/mail-feedback/ses` is 404. */
  MAIL_FEEDBACK_SES_TOPIC_ARN: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
      'expected the ARN of a topic, such as arn:aws:sns:eu-west-1:123456789012:mail-feedback',
    )
    .optional(),
  /** User and password that Postmark sends (Basic); without them `/v1/mail-feedback/postmark` is 404. */
  MAIL_FEEDBACK_POSTMARK_AUTH: z
    .string()
    .regex(
      /^[^:\s]{1,100}:\S{16,200}$/,
      'expected user:password, the password of 16 characters or more',
    )
    .optional(),
  /** How often what has expired is deleted. */
  CLEAN_INTERVAL: duration().default(600_000),
}) {}
