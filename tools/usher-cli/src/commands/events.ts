import { usherMessaging } from '#libs/contracts';
import { replayEvents } from '#libs/messaging';
import type { Command } from 'commander';
import { validate as isUuid } from 'uuid';
import { withBroker, withDatabase } from '../broker.js';
import { print } from '../output.js';
import { subscribed } from '../subscribed.js';
import { UsageError } from '../usage-error.js';

interface Options {
  consumer: string;
  since?: string;
  until?: string;
  user?: string;
  force?: boolean;
  json?: boolean;
}

/** `events replay`: the outbox keeps what was published. */
export function addEvents(program: Command): void {
  const events = program.command('events').description('events that were published');

  events
    .command('replay')
    .description('send events of the past to one consumer, as to one that was added later')
    .requiredOption('--consumer <queue>', "the handler's queue")
    .option('--since <ISO>', 'that happened at or after this time')
    .option('--until <ISO>', 'that happened at or before this time')
    .option('--user <id>', 'of this user')
    .option('--force', 'also what the consumer has done: its handler runs again')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const { events: taken } = subscribed(options.consumer);
      if (options.user !== undefined && !isUuid(options.user)) {
        throw new UsageError(`--user: '${options.user}' is no user's id`);
      }
      const selection = {
        consumer: options.consumer,
        types: taken.map(({ type }) => type),
        since: time('--since', options.since),
        until: time('--until', options.until),
        // As the API writes it.
        subject: options.user?.toLowerCase(),
        force: options.force ?? false,
      };
      const replayed = await withDatabase((database) =>
        withBroker(({ publisher }) => replayEvents(usherMessaging, database, publisher, selection)),
      );
      print(
        { consumer: options.consumer, replayed },
        options.json,
        () => `Sent ${replayed} event(s) to ${options.consumer}.`,
      );
    });
}

function time(option: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(date.getTime())) {
    throw new UsageError(`${option}: '${text}' is no ISO time, such as 2026-01-31T12:00:00Z`);
  }
  return date;
}
