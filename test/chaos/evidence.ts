import { connect } from 'amqplib';
import { subscriptions, usherMessaging, userRegistered } from '#libs/contracts';
import type { Sql } from '#libs/database';
import { deadLetterQueue, planTopology, readDeadLetter } from '#libs/messaging';
import type { AcceptedSignUp } from './load.js';
import type { SinkMail } from './mail-sink.js';
import { readWitness, type Witnessed } from './witness.js';

/** Everything that a run has left behind; the auditor judges by nothing else. */
export interface Evidence {
  readonly accepted: readonly AcceptedSignUp[];
  readonly wrongAnswers: Readonly<Record<string, number>>;
  readonly unexpectedExits: readonly string[];
  /** Whether the mail server refuses this address for good. */
  readonly isRefused: (address: string) => boolean;
  readonly mails: readonly SinkMail[];
  readonly database: DatabaseEvidence;
  readonly broker: BrokerEvidence;
}

export interface DatabaseEvidence {
  readonly users: readonly {
    readonly id: string;
    readonly email: string;
    readonly event: string;
  }[];
  readonly events: readonly {
    readonly id: string;
    readonly published: boolean;
    readonly resends: number;
  }[];
  readonly deliveries: readonly {
    readonly consumer: string;
    readonly event: string;
    readonly status: string;
  }[];
  /** Rows per user. */
  readonly notifications: Readonly<Record<string, number>>;
  readonly lists: Readonly<Record<string, number>>;
  readonly messages: readonly {
    readonly event: string;
    readonly message_id: string;
    readonly possible_duplicates: number;
  }[];
  readonly witnessed: readonly Witnessed[];
}

export interface BrokerEvidence {
  /** Messages in the handlers' queues and their wait queues. */
  readonly left: Readonly<Record<string, number>>;
  readonly deadLetters: readonly {
    readonly queue: string;
    readonly event: string;
    readonly reason: string;
  }[];
}

/** What is left to happen: events without a confirm, and deliveries without an outcome. */
export async function countOpen(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ open: number }>(`SELECT count(*)::int AS open ${OPEN}`);
  return row!.open;
}

/** What is known of some of them, to be read in the message of a test. */
export async function describeOpen(sql: Sql): Promise<string> {
  const rows = await sql.query(
    `SELECT o.id, o.published_at, o.owner AS relay, o.resends, c.consumer, d.status, d.attempts,
            d.lease_until, d.next_attempt_at, d.last_error, now() ${OPEN} LIMIT 5`,
  );
  return JSON.stringify(rows);
}

const OPEN = `
  FROM messaging.outbox AS o CROSS JOIN LATERAL unnest(o.expected_consumers) AS c (consumer)
  LEFT JOIN messaging.deliveries AS d ON d.consumer = c.consumer AND d.event_id = o.id
 WHERE o.published_at IS NULL OR d.status IS NULL OR d.status NOT IN ('done', 'failed')`;

export async function readDatabase(sql: Sql): Promise<DatabaseEvidence> {
  const perUser = async (relation: string) => {
    const rows = await sql.query<{ user_id: string; count: number }>(
      `SELECT user_id, count(*)::int AS count FROM ${relation} GROUP BY user_id`,
    );
    return Object.fromEntries(rows.map(({ user_id, count }) => [user_id, count]));
  };
  return {
    users: await sql.query('SELECT id, email, registration_event_id AS event FROM accounts.users'),
    events: await sql.query(
      'SELECT id, published_at IS NOT NULL AS published, resends FROM messaging.outbox',
    ),
    deliveries: await sql.query(
      'SELECT consumer, event_id AS event, status FROM messaging.deliveries',
    ),
    notifications: await perUser('notification.notifications'),
    lists: await perUser('recommendation.lists'),
    messages: await sql.query(
      'SELECT event_id AS event, message_id, possible_duplicates FROM email.messages',
    ),
    witnessed: await readWitness(sql),
  };
}

/**
 * Once the workers have stopped, what they had in hand is back in its queue, and is seen.
 * @param takeDeadLetters reads the dead letters and keeps them
 */
export async function readBroker(
  url: string,
  retryDelaysMs: readonly number[],
  takeDeadLetters = true,
): Promise<BrokerEvidence> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    const consumers = new Set(usherMessaging.consumersOf(userRegistered.type));
    const { queues } = planTopology(usherMessaging, retryDelaysMs, {
      subscriptions: subscriptions.filter(({ consumer }) => consumers.has(consumer)),
    });
    const left: Record<string, number> = {};
    const deadLetters: { queue: string; event: string; reason: string }[] = [];
    for (const { name } of queues) left[name] = (await channel.checkQueue(name)).messageCount;
    for (const consumer of consumers) {
      const queue = deadLetterQueue(consumer);
      delete left[queue];
      for (;;) {
        const message = takeDeadLetters && (await channel.get(queue, { noAck: true }));
        if (!message) break;
        const { messageId, reason } = readDeadLetter(consumer, message);
        deadLetters.push({ queue: consumer, event: messageId, reason });
      }
    }
    return { left, deadLetters };
  } finally {
    await connection.close();
  }
}
