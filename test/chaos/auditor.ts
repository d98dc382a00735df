import {
  computeRecommendations,
  deliverGettingStartedGuide,
  sendWelcomeEmail,
} from '#libs/contracts';
import type { Evidence } from './evidence.js';

/** What the auditor found. */
export interface Audit {
  readonly accepted: number;
  readonly users: number;
  readonly events: number;
  readonly resends: number;
  /** Deliveries that are done, by consumer. */
  readonly done: Readonly<Record<string, number>>;
  /** Effects that every account must have and that are not there. */
  readonly lost: number;
  /** Deliveries without an outcome in the ledger. */
  readonly unsettled: number;
  readonly duplicateEffects: number;
  readonly possibleDuplicateMails: number;
  readonly actualDuplicateMails: number;
  readonly failedAsExpected: number;
  readonly leftInQueues: number;
  readonly deadLetters: Readonly<Record<string, number>>;
  /** One sentence for each thing that must not be; none means that the run is passed. */
  readonly problems: readonly string[];
}

const CONSUMERS = [sendWelcomeEmail, computeRecommendations, deliverGettingStartedGuide].map(
  ({ consumer }) => consumer,
);

/**
 * Judges a run by what it left behind.
 *
 * It sees: an account, event, outcome or effect that is missing; an effect that was committed twice, even
 * where a unique constraint or an upsert leaves one row (by the witness); a mail that the sink took twice,
 * against what the mail log admits, mail by mail; a dead letter that nobody expected.
 * It cannot see: an effect that was tried again and rolled back, which is none; a repetition that writes
 * nothing; what a mail server does with a mail after it has taken it.
 */
export function audit(evidence: Evidence): Audit {
  const problems: string[] = [];
  const { users, events, deliveries, messages } = evidence.database;
  const { broker } = evidence;

  const outcomes = new Map(deliveries.map((row) => [`${row.consumer} ${row.event}`, row.status]));
  const lost = findLost(evidence, outcomes);
  const unsettled = users.flatMap(({ event, email }) =>
    CONSUMERS.filter(
      (consumer) => !['done', 'failed'].includes(outcomes.get(`${consumer} ${event}`) ?? ''),
    ).map((consumer) => `no outcome of ${consumer} for ${email}`),
  );
  const duplicates = findDuplicateEffects(evidence);
  const mails = countDuplicateMails(evidence);

  const userOf = new Map(users.map((user) => [user.event, user]));
  const expectsFailure = (consumer: string, event: string) =>
    consumer === sendWelcomeEmail.consumer && evidence.isRefused(userOf.get(event)?.email ?? '');
  const failed = deliveries.filter(({ status }) => status === 'failed');
  const unexpectedFailures = failed.filter((row) => !expectsFailure(row.consumer, row.event));
  const unexpectedLetters = broker.deadLetters.filter(
    ({ queue, event, reason }) => !expectsFailure(queue, event) || reason !== 'permanent',
  );

  problems.push(
    ...lost,
    ...unsettled,
    ...duplicates,
    ...findUnwitnessed(evidence),
    ...mails.problems,
    ...unexpectedFailures.map(({ consumer, event }) => `failed: ${consumer} for event ${event}`),
    ...unexpectedLetters.map(
      ({ queue, event, reason }) => `dead letter '${reason}' in ${queue}.dlq: event ${event}`,
    ),
    ...Object.entries(evidence.wrongAnswers).map(
      ([answer, count]) => `${count} sign-ups were answered ${answer}`,
    ),
    ...evidence.unexpectedExits,
  );

  return {
    accepted: evidence.accepted.length,
    users: users.length,
    events: events.filter(({ published }) => published).length,
    resends: events.reduce((sum, { resends }) => sum + resends, 0),
    done: Object.fromEntries(
      CONSUMERS.map((consumer) => [
        consumer,
        deliveries.filter((row) => row.consumer === consumer && row.status === 'done').length,
      ]),
    ),
    lost: lost.length,
    unsettled: unsettled.length,
    duplicateEffects: duplicates.length,
    possibleDuplicateMails: messages.reduce((sum, row) => sum + row.possible_duplicates, 0),
    actualDuplicateMails: mails.actual,
    failedAsExpected: failed.length - unexpectedFailures.length,
    leftInQueues: Object.values(broker.left).reduce((sum, count) => sum + count, 0),
    deadLetters: countBy(broker.deadLetters.map(({ reason }) => reason)),
    problems,
  };
}

/** By the effects themselves, not by what the ledger says of them; for accounts that nobody was told of, too. */
function findLost(
  { accepted, database, mails, isRefused }: Evidence,
  outcomes: ReadonlyMap<string, string>,
): string[] {
  const emails = new Map(database.users.map(({ id, email }) => [id, email]));
  const events = new Set(database.events.map(({ id }) => id));
  const reached = new Set(mails.map(({ to }) => to));
  const accounts = accepted
    .filter(({ userId, email }) => emails.get(userId) !== email)
    .map(({ email }) => `lost: the account of ${email}`);
  const effects = database.users.flatMap(({ id, email, event }) => {
    const wasRefused = outcomes.get(`${sendWelcomeEmail.consumer} ${event}`) === 'failed';
    const missing = [
      !events.has(event) && 'event',
      !database.notifications[id] && 'notification',
      !database.lists[id] && 'list',
      !reached.has(email) && !(isRefused(email) && wasRefused) && 'mail',
    ];
    return missing.filter(Boolean).map((what) => `lost: the ${what} of ${email}`);
  });
  return [...accounts, ...effects];
}

function findDuplicateEffects({ database }: Evidence): string[] {
  const possible = new Map(
    database.messages.map(({ event, possible_duplicates }) => [event, possible_duplicates]),
  );
  const rows = [
    ...Object.entries(database.notifications).map(([user, count]) => ({
      what: `notifications of user ${user}`,
      count,
    })),
    ...Object.entries(database.lists).map(([user, count]) => ({ what: `lists of ${user}`, count })),
  ];
  const witnessed = database.witnessed.map(({ effect, about, count }) => ({
    what: `${effect} ${about} was written`,
    // Whoever sends a mail once more says so before, and says that it is sent after.
    count: effect === 'mail' ? count - (possible.get(about) ?? 0) : count,
  }));
  return [...rows, ...witnessed].flatMap(({ what, count }) =>
    Array.from({ length: Math.max(0, count - 1) }, (_, i) => `duplicate effect ${i + 2}: ${what}`),
  );
}

/** A witness that has missed an effect proves nothing about repeated ones. */
function findUnwitnessed({ database }: Evidence): string[] {
  const seen = new Set(database.witnessed.map(({ effect, about }) => `${effect} ${about}`));
  const there = [
    ...database.users
      .filter(({ id }) => database.notifications[id])
      .map(({ event }) => `notification ${event}`),
    ...Object.keys(database.lists).map((user) => `list ${user}`),
    ...database.deliveries
      .filter(({ status }) => status === 'done')
      .map(({ consumer, event }) => `ledger ${consumer} ${event}`),
  ];
  return there.filter((effect) => !seen.has(effect)).map((effect) => `not witnessed: ${effect}`);
}

function countDuplicateMails({ mails, database }: Evidence) {
  const possible = new Map(
    database.messages.map(({ message_id, possible_duplicates }) => [
      message_id,
      possible_duplicates,
    ]),
  );
  const copies = Object.entries(countBy(mails.map(({ messageId }) => messageId)));
  const excess = copies.filter(([id, count]) => count - 1 > (possible.get(id) ?? 0));
  return {
    actual: copies.reduce((sum, [, count]) => sum + count - 1, 0),
    problems: excess.map(
      ([id, count]) =>
        `${id} was mailed ${count} times, the log admits ${possible.get(id) ?? 0} more`,
    ),
  };
}

function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
