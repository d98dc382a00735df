import { usherMessaging } from '#libs/contracts';
import { DeadLetters, type DeadLetter, type DeadLetterDetail } from '#libs/messaging';
import type { Command } from 'commander';
import { withBroker, withDatabase } from '../broker.js';
import { confirmed } from '../confirm.js';
import { listing, print } from '../output.js';
import { handlerQueues, subscribed } from '../subscribed.js';
import { UsageError } from '../usage-error.js';

interface Options {
  json?: boolean;
  queue?: string;
  type?: string;
  all?: boolean;
  force?: boolean;
}

const TIMEOUT_MS = 30_000;
const MESSAGE_WIDTH = 60;

/** `dead-letters list | show | replay | purge`. */
export function addDeadLetters(program: Command): void {
  const deadLetters = program
    .command('dead-letters')
    .description('events that could not be handled');

  deadLetters
    .command('list')
    .description('the dead letters of all queues, or of one')
    .option('--queue <queue>', "a handler's queue")
    .option('--type <type>', 'an event type')
    .option('--json', 'print JSON')
    .action(async ({ queue, type, json }: Options) => {
      const queues = handlerQueues(queue);
      const { letters, unreachable } = await look((found) => found.list(queues, timeout()));
      complain(unreachable);
      const chosen = letters.filter((letter) => !type || letter.type === type).map(withoutContent);
      print(chosen, json, (rows) =>
        listing(
          ['ID', 'QUEUE', 'TYPE', 'REASON', 'ATTEMPTS', 'SINCE', 'ERROR'],
          rows.map((row) => [
            row.id,
            row.queue,
            row.type,
            row.reason,
            String(row.attempts),
            row.deadLetteredAt ?? '',
            row.exceptionMessage.slice(0, MESSAGE_WIDTH),
          ]),
          'There are no dead letters.',
        ),
      );
    });

  deadLetters
    .command('show <id>')
    .description('one dead letter with its headers and body')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: Options) => {
      const { letters, unreachable } = await look((found) =>
        found.list(handlerQueues(undefined), timeout()),
      );
      complain(unreachable);
      const letter = letters.find((each) => each.id === id);
      if (!letter) throw new Error(missing(id, unreachable));
      print(letter, json, ({ headers, body }) =>
        [
          listing(
            ['HEADER', 'VALUE'],
            Object.entries(headers).map(([name, value]) => [name, String(value)]),
            '',
          ),
          body,
        ].join('\n\n'),
      );
    });

  deadLetters
    .command('replay [id...]')
    .description('send dead letters back to the queue they come from; their attempts begin anew')
    .option('--all', 'all of one queue; needs --queue')
    .option('--queue <queue>', "a handler's queue")
    .option('--json', 'print JSON')
    .action(async (ids: string[], { all, queue, json }: Options) => {
      if (all ? ids.length > 0 || !queue : ids.length === 0) {
        throw new UsageError('Give the ids of dead letters, or --all with --queue <queue>.');
      }
      const wanted = new Set(ids);
      const isWanted = ({ id }: DeadLetter) => all === true || wanted.has(id);
      const { replayed, unreachable } = await look((found) =>
        found.replay(handlerQueues(queue), isWanted),
      );
      complain(unreachable);
      const unknown = ids.filter((id) => !replayed.includes(id));
      if (unknown.length > 0) process.exitCode = 1;
      print({ replayed, unknown, ...(unreachable.length > 0 && { unreachable }) }, json, () =>
        [
          `Sent back ${replayed.length} dead letter(s).`,
          ...unknown.map((id) => missing(id, unreachable)),
        ].join('\n'),
      );
    });

  deadLetters
    .command('purge')
    .description('throw the dead letters of one queue away')
    .requiredOption('--queue <queue>', "a handler's queue")
    .option('--force', 'without asking')
    .option('--json', 'print JSON')
    .action(async ({ queue, force, json }: Options & { queue: string }) => {
      subscribed(queue);
      if (!force && !(await confirmed(`Throw all dead letters of ${queue} away?`))) {
        throw new Error('Nothing was done. --force does it without asking.');
      }
      const purged = await look((found) => found.purge(queue));
      print({ queue, purged }, json, () => `Threw away ${purged} dead letter(s) of ${queue}.`);
    });
}

async function look<T>(work: (deadLetters: DeadLetters) => Promise<T>): Promise<T> {
  return withDatabase((database) =>
    withBroker(({ connection, publisher }) =>
      work(new DeadLetters(usherMessaging, database, connection, publisher)),
    ),
  );
}

/** The others are shown all the same. */
function complain(unreachable: readonly string[]): void {
  if (unreachable.length > 0) process.exitCode = 1;
  for (const queue of unreachable)
    process.stderr.write(`The broker cannot say now which dead letters ${queue} has.\n`);
}

const missing = (id: string, unreachable: readonly string[]) =>
  unreachable.length > 0
    ? `Dead letter ${id} was not found; it may be among those that the broker cannot give now.`
    : `There is no dead letter ${id}.`;

const timeout = () => AbortSignal.timeout(TIMEOUT_MS);

function withoutContent(letter: DeadLetterDetail): DeadLetter {
  const { id, queue, messageId, type, reason, attempts, exceptionMessage, deadLetteredAt } = letter;
  return { id, queue, messageId, type, reason, attempts, exceptionMessage, deadLetteredAt };
}
