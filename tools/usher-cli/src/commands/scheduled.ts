import { usherMessaging } from '#libs/contracts';
import { listScheduled, ScheduledEvents } from '#libs/messaging';
import { InvalidArgumentError, type Command } from 'commander';
import { validate as isUuid } from 'uuid';
import { withDatabase } from '../broker.js';
import { listing, print } from '../output.js';
import { UsageError } from '../usage-error.js';

interface Options {
  type?: string;
  user?: string;
  limit: number;
  json?: boolean;
}

const LIMIT = 100;
const MAX_LIMIT = 10_000;

/** `scheduled list | cancel`: events that are due later. */
export function addScheduled(program: Command): void {
  const scheduled = program.command('scheduled').description('events that are due later');

  scheduled
    .command('list')
    .description('show what is scheduled, the next one first')
    .option('--type <type>', 'of this type of event')
    .option('--user <id>', 'of this user')
    .option('--limit <number>', 'so many at most', limitArgument, LIMIT)
    .option('--json', 'print JSON')
    .action(async ({ type, user, limit, json }: Options) => {
      if (user !== undefined && !isUuid(user))
        throw new UsageError(`--user: '${user}' is no user's id`);
      const selection = { type, subject: user?.toLowerCase(), limit };
      const found = await withDatabase((database) =>
        listScheduled(usherMessaging, database, selection),
      );
      print(found, json, (rows) =>
        listing(
          ['DUE', 'TYPE', 'USER', 'KEY'],
          rows.map((row) => [row.dueAt.toISOString(), row.type, row.subject, row.key]),
          'Nothing is scheduled.',
        ),
      );
    });

  scheduled
    .command('cancel <key>')
    .description('take one of them back')
    .option('--json', 'print JSON')
    .action(async (key: string, { json }: Options) => {
      const cancelled = await withDatabase((database) =>
        new ScheduledEvents(usherMessaging).cancel(database, key),
      );
      if (!cancelled) throw new Error(`Nothing is scheduled as '${key}'.`);
      print({ cancelled }, json, () => `Cancelled ${key}.`);
    });
}

function limitArgument(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`It takes 1 to ${MAX_LIMIT}.`);
}
