import type { Database } from '#libs/database';
import type { Command } from 'commander';
import { canonicalEmail } from '../../../../apps/api/src/accounts/users/email-address.js';
import { BOUNCED_FOR } from '../../../../apps/email-worker/src/feedback/bounces.js';
import { withDatabase } from '../broker.js';
import { listing, print } from '../output.js';
import { UsageError } from '../usage-error.js';

/** An address that gets no mail. */
interface Suppression {
  readonly address: string;
  /** `bounced`, `complained`, or what an operator wrote. */
  readonly reason: string;
  readonly since: Date;
  /** Null: until somebody removes it. */
  readonly until: Date | null;
}

const MAX_REASON_CHARACTERS = 200;
const COLUMNS = 'address, reason, since, until';
/** One that has ended is no more in force. */
const IN_FORCE = '(until IS NULL OR until > (SELECT messaging.now()))';

/** `mail suppressions list | add | remove`: addresses that get no mail. */
export function addMail(program: Command): void {
  const suppressions = program
    .command('mail')
    .description('mails that were sent')
    .command('suppressions')
    .description('addresses that get no mail');

  suppressions
    .command('list')
    .description('show them and why, the newest first')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const found = await withDatabase((database) =>
        database.query<Suppression>(
          `SELECT ${COLUMNS} FROM email.suppressions WHERE ${IN_FORCE} ORDER BY since DESC, address, reason`,
        ),
      );
      print(found, json, (rows) =>
        listing(
          ['ADDRESS', 'REASON', 'SINCE', 'UNTIL'],
          rows.map((row) => [
            row.address,
            row.reason,
            row.since.toISOString(),
            row.until?.toISOString() ?? '',
          ]),
          'Every address gets mail.',
        ),
      );
    });

  suppressions
    .command('add <address>')
    .description('send no more mail to an address, not even one that is asked for')
    .requiredOption(
      '--reason <text>',
      'why, in a few words; `bounced` and `complained` act like feedback',
    )
    .option('--json', 'print JSON')
    .action(async (text: string, { reason, json }: { reason: string; json?: boolean }) => {
      const address = addressArgument(text);
      const why = reason.trim();
      if (why === '' || why.length > MAX_REASON_CHARACTERS || /\p{Cc}/u.test(why))
        throw new UsageError(
          `--reason: takes one line of 1 to ${MAX_REASON_CHARACTERS} characters`,
        );
      const added = await withDatabase((database) => add(database, address, why));
      const end = added.until ? ` until ${added.until.toISOString()}` : '';
      print(added, json, () => `${address} gets no more mail${end}: ${why}.`);
    });

  suppressions
    .command('remove <address>')
    .description('let an address have mail again, whatever the reason was')
    .option('--json', 'print JSON')
    .action(async (text: string, { json }: { json?: boolean }) => {
      const address = addressArgument(text);
      const removed = await withDatabase((database) =>
        database.query<Suppression>(
          `DELETE FROM email.suppressions WHERE address = $1 AND ${IN_FORCE} RETURNING ${COLUMNS}`,
          [address],
        ),
      );
      if (removed.length === 0) throw new Error(`${address} is not suppressed.`);
      print(removed, json, () => `${address} gets mail again.`);
    });
}

async function add(database: Database, address: string, reason: string): Promise<Suppression> {
  const [added] = await database.query<Suppression>(
    `INSERT INTO email.suppressions (address, reason, since, until)
     SELECT $1, $2, now, CASE WHEN $2 = 'bounced' THEN now + ${BOUNCED_FOR} END FROM messaging.now() AS now
     ON CONFLICT (address, reason) DO UPDATE SET until = excluded.until RETURNING ${COLUMNS}`,
    [address, reason],
  );
  return added!;
}

function addressArgument(text: string): string {
  const address = canonicalEmail(text);
  if (address === undefined) throw new UsageError(`'${text}' is no e-mail address`);
  return address;
}
