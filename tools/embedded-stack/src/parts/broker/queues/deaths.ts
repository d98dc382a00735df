import { Message, type Death, type DeathReason } from '../message.js';
import { tableOf, withEntries, type FieldTable } from '../wire/field-table.js';
import type { QueuedMessage } from './ready-messages.js';

/** A message that died, and how often its delivery had failed. */
export type Dead = Pick<QueuedMessage, 'message' | 'failures'>;

/** The dead letter of a message: a new one, on its way to `exchange`, that tells where and why it died. */
export function deadLetter(
  { message, failures }: Dead,
  death: { readonly queue: string; readonly reason: DeathReason },
  target: { readonly exchange: string; readonly routingKey: string },
): Message {
  const deaths = withDeath(message, death.queue, death.reason);
  const { headers = Buffer.alloc(0), expiration: _, ...properties } = message.properties;
  return new Message(
    target.exchange,
    target.routingKey,
    { ...properties, headers: withEntries(headers, deathHeaders(message.headers, deaths)) },
    message.body,
    deaths,
    failures,
  );
}

/**
 * A dead letter that comes to a queue in which it died before, and that nobody rejected on the way, would
 * go round forever. As RabbitMQ does, it is dropped.
 */
export function goesRound({ deaths }: Message, queue: string): boolean {
  const last = deaths.findIndex((death) => death.queue === queue);
  return last >= 0 && deaths.slice(0, last + 1).every(({ reason }) => reason !== 'rejected');
}

function withDeath(message: Message, queue: string, reason: DeathReason): Death[] {
  const isSame = (death: Death) => death.queue === queue && death.reason === reason;
  const before = message.deaths.find(isSame);
  const death = before
    ? { ...before, count: before.count + 1 }
    : {
        queue,
        reason,
        count: 1,
        time: new Date(),
        exchange: message.exchange,
        routingKey: message.routingKey,
        expiration: message.properties.expiration,
      };
  return [death, ...message.deaths.filter((other) => !isSame(other))];
}

function deathHeaders(headers: FieldTable, deaths: readonly Death[]): FieldTable {
  const [last] = deaths as [Death];
  return tableOf({
    'x-death': deaths.map(tableOfDeath),
    ...(headers.has('x-first-death-reason') ? {} : headersOf('first', last)),
    ...headersOf('last', last),
  });
}

const headersOf = (place: 'first' | 'last', { reason, queue, exchange }: Death): object => ({
  [`x-${place}-death-reason`]: reason,
  [`x-${place}-death-queue`]: queue,
  [`x-${place}-death-exchange`]: exchange,
});

const tableOfDeath = (death: Death): FieldTable =>
  tableOf({
    count: death.count,
    reason: death.reason,
    queue: death.queue,
    time: death.time,
    exchange: death.exchange,
    'routing-keys': [death.routingKey],
    ...(death.expiration === undefined ? {} : { 'original-expiration': death.expiration }),
  });
