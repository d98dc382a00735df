import { NOISY, type Summary } from './statistics.js';

/** What a figure is to reach; exactly one of the two limits is given. */
export interface Goal {
  readonly bench: string;
  readonly what: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Beyond `atLeast`: what would be better still. */
  readonly aim?: number;
  readonly unit?: string;
}

/** Every goal that has a figure, in the order of the table. Ratios are of one run on one machine. */
export const goals = {
  'signup-to-bare-server': {
    bench: 'signup',
    what: 'sign-ups/s ÷ a bare node:http server with the same relay beside it, workers stopped',
    atLeast: 0.9,
  },
  'signup-efficiency': {
    bench: 'signup',
    what: 'sign-ups/s ÷ bare argon2id hashes/s, workers stopped',
    atLeast: 0.7,
  },
  'signup-efficiency-all-running': {
    bench: 'signup',
    what: 'sign-ups/s ÷ bare argon2id hashes/s, with relay, three workers and mail server',
    atLeast: 0.4,
    aim: 0.5,
  },
  'signup-drain': {
    bench: 'signup',
    what: 'time to drain the backlog of that load ÷ the time of the load',
    atMost: 1,
  },
  'signup-to-better-auth': {
    bench: 'signup',
    what: "sign-ups/s ÷ better-auth's, same argon2id and PostgreSQL",
    atLeast: 1.35,
  },
  'slow-mail-p99': {
    bench: 'slow-mail',
    what: 'sign-up p99 with SMTP at 2 s a mail ÷ p99 with instant SMTP',
    atMost: 1.15,
  },
  'mail-down-p99': {
    bench: 'slow-mail',
    what: 'sign-up p99 with SMTP down ÷ p99 with instant SMTP',
    atMost: 1.15,
  },
  'me-p99-under-load': {
    bench: 'signup',
    what: 'p99 of GET /v1/me during a saturating sign-up load',
    atMost: 80,
    unit: 'ms',
  },
  'relay-to-amqplib': {
    bench: 'relay',
    what: 'relay events/s ÷ bare amqplib publish and confirm, same window, body and queues',
    atLeast: 0.4,
  },
  'consume-1-to-amqplib': {
    bench: 'consume',
    what: 'worker events/s at prefetch 1 ÷ a hand-written amqplib + pg loop',
    atLeast: 0.9,
  },
  'consume-10-to-amqplib': {
    bench: 'consume',
    what: 'worker events/s at prefetch 10 ÷ a hand-written amqplib + pg loop',
    atLeast: 0.85,
  },
  'onboarding-p50': {
    bench: 'signup',
    what: 'from 201 to all three steps done, idle machine, p50',
    atMost: 60,
    unit: 'ms',
  },
  'onboarding-p99': {
    bench: 'signup',
    what: 'from 201 to all three steps done, idle machine, p99',
    atMost: 250,
    unit: 'ms',
  },
  'memory-growth': {
    bench: 'consume',
    what: 'memory after 50,000 events ÷ after the first 10,000, the process that grew most',
    atMost: 1.05,
  },
  'worker-memory': {
    bench: 'consume',
    what: 'memory of the largest worker after 50,000 events',
    atMost: 150,
    unit: 'MB',
  },
  'backlog-rate': {
    bench: 'consume',
    what: 'events/s with a backlog of 100,000 ÷ with one of 1,000',
    atLeast: 0.9,
  },
  'start-up': {
    bench: 'consume',
    what: 'one worker process alone to its first message, the slowest of the three',
    atMost: 1_500,
    unit: 'ms',
  },
  'schedule-beside-many': {
    bench: 'schedule',
    what: 'promoted events/s with 1,000,000 that are due later ÷ with none',
    atLeast: 0.9,
  },
  'schedule-to-relay': {
    bench: 'schedule',
    what: "100,000 due at one moment: events/s until all are published ÷ the relay's own rate",
    atLeast: 0.8,
  },
  'schedule-fresh-p99': {
    bench: 'schedule',
    what: "a fresh sign-up's event meanwhile, from commit to publish, p99",
    atMost: 1_000,
    unit: 'ms',
  },
  'schedule-outbox-age': {
    bench: 'schedule',
    what: 'meanwhile the age of the oldest event in the outbox, at most; the alert OutboxStuck needs 60 s',
    atMost: 60,
    unit: 's',
  },
  'schedule-late-p99': {
    bench: 'schedule',
    what: 'an event that was scheduled 2 s ahead or more: from due to promoted, idle machine, p99',
    atMost: 150,
    unit: 'ms',
  },
  'topology-fresh': {
    bench: 'schedule',
    what: 'topology of 60 consumers, declared on a fresh broker',
    atMost: 10,
    unit: 's',
  },
  'topology-again': {
    bench: 'schedule',
    what: 'topology of 60 consumers, checked on a broker that has it',
    atMost: 1,
    unit: 's',
  },
  'burst-finished': {
    bench: 'burst',
    what: 'of 20,000 people who come at 2,000/s and stay, the share that finishes',
    atLeast: 1,
  },
  'burst-nothing-lost': {
    bench: 'burst',
    what: 'follow-ups lost or done twice, and answers that were neither 201 nor 503 with Retry-After',
    atMost: 0,
  },
  'burst-last-0': {
    bench: 'burst',
    what: 'time until the last one ÷ people ÷ the steady rate, all stay',
    atMost: 1.1,
  },
  'burst-last-20': {
    bench: 'burst',
    what: 'the same, 20 % leave after the first answer',
    atMost: 1.1,
  },
  'burst-last-50': {
    bench: 'burst',
    what: 'the same, 50 % leave after the first answer',
    atMost: 1.2,
  },
  'burst-crowd-rate': {
    bench: 'burst',
    what: 'sign-ups/s during the ten seconds in which people come ÷ the steady rate',
    atLeast: 0.85,
  },
  'burst-posts': {
    bench: 'burst',
    what: 'POSTs of a person who keeps to the protocol',
    atMost: 3.2,
  },
  'burst-retry-after': {
    bench: 'burst',
    what: "clients that know only Retry-After: median wait ÷ the others'",
    atMost: 3,
  },
  'burst-hammer': {
    bench: 'burst',
    what: "clients that send twice a second: median wait ÷ the others'",
    atLeast: 0.9,
  },
  'burst-order': {
    bench: 'burst',
    what: 'how far anybody is served from their place, p99, as a share of the line',
    atMost: 5,
    unit: '%',
  },
  'burst-first-turn': {
    bench: 'burst',
    what: 'how wrong the first turnAt is, median, as a share of the wait, all stay',
    atMost: 15,
    unit: '%',
  },
  'burst-log-in-p99': {
    bench: 'burst',
    what: 'log-ins meanwhile, 5/s, p99',
    atMost: 1_000,
    unit: 'ms',
  },
  'burst-tickets': {
    bench: 'burst',
    what: 'tickets/s ÷ a bare node:http server that signs one HMAC and answers the same bytes',
    atLeast: 0.6,
  },
  'burst-ticket-memory': {
    bench: 'burst',
    what: '1,000,000 tickets for 100,000 networks: memory after less before',
    atMost: 40,
    unit: 'MB',
  },
  'burst-cost': {
    bench: 'burst',
    what: "processor time of a sign-up besides its hash, everything running ÷ the previous release's",
    atMost: 0.85,
    aim: 0.75,
  },
  'mail-to-nodemailer': {
    bench: 'mail',
    what: 'mails/s of one e-mail worker, 5 ms a mail, pool and prefetch 4 ÷ amqplib and a nodemailer pool by hand, same rows',
    atLeast: 0.9,
  },
  'mail-rate-most': {
    bench: 'mail',
    what: 'MAIL_RATE=100/1s, three workers: mails in any second at the mail server',
    atMost: 100,
  },
  'mail-rate-mean': {
    bench: 'mail',
    what: 'the same: mails a second over a backlog',
    atLeast: 95,
  },
  'mail-budgets-p99': {
    bench: 'mail',
    what: 'sign-up p99 with budgets and challenge on ÷ off, workers stopped',
    atMost: 1.15,
  },
  'mail-report-time': {
    bench: 'mail',
    what: '10,000 reports of mail servers, each',
    atMost: 3,
    unit: 'ms',
  },
  'mail-report-memory': {
    bench: 'mail',
    what: '10,000 reports of mail servers: memory in use after them ÷ after the first 1,000',
    atMost: 1.05,
  },
} as const satisfies Record<string, Goal>;

export type GoalName = keyof typeof goals;

export type Verdict =
  | 'met'
  | 'missed'
  | 'met in every round of a noisy machine'
  | 'missed in every round of a noisy machine'
  | 'the machine was too noisy'
  | 'not measured yet';

/** A spread beyond {@link NOISY} takes the word from the figure, unless every single round agrees. */
export function verdict(goal: Goal, figure: Summary | undefined): Verdict {
  if (!figure) return 'not measured yet';
  const reaches = (value: number) =>
    goal.atLeast === undefined ? value <= goal.atMost! : value >= goal.atLeast;
  const isMet = reaches(figure.median);
  const isUnanimous = figure.values.every((value) => reaches(value) === isMet);
  const word = isMet ? 'met' : 'missed';
  if (figure.spread <= NOISY) return word;
  return isUnanimous ? `${word} in every round of a noisy machine` : 'the machine was too noisy';
}

/** A limit as text. */
export function limitOf({ atLeast, atMost, aim, unit = '' }: Goal): string {
  const limit = atLeast === undefined ? `≤ ${atMost} ${unit}` : `≥ ${atLeast.toFixed(2)} ${unit}`;
  return limit.trim() + (aim === undefined ? '' : `, aim ${aim.toFixed(2)}`);
}

/** A figure as text, with its spread. */
export function figureOf({ unit = '' }: Goal, { median, spread, values }: Summary): string {
  const range = values.length > 1 ? ` (spread ${Math.round(spread * 100)} %)` : '';
  return `${median} ${unit}`.trim() + range;
}
