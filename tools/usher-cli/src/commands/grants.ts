import { InvalidArgumentError, type Command } from 'commander';
import { withDatabase } from '../broker.js';
import { grants, grantsScript } from '../grants/grants-script.js';
import { print } from '../output.js';

interface Options {
  rolePrefix: string;
  apply?: boolean;
  json?: boolean;
}

/** `grants`: roles with the least rights, as SQL. */
export function addGrants(program: Command): void {
  program
    .command('grants')
    .description(
      'print the SQL of roles with the least rights: one that migrates, one for each app',
    )
    .option('--role-prefix <prefix>', 'what their names begin with', namePrefix, 'usher_')
    .option('--apply', 'run it on the database, as after each migration')
    .option('--json', 'print the rights as JSON')
    .action(async ({ rolePrefix, apply, json }: Options) => {
      const script = grantsScript(rolePrefix);
      if (apply) await withDatabase((database) => database.query(script));
      print(grants(rolePrefix), json, () => (apply ? 'The roles have their rights.' : script));
    });
}

function namePrefix(text: string): string {
  if (/^[a-z_][a-z0-9_]{0,39}$/.test(text)) return text;
  throw new InvalidArgumentError('It takes a-z, 0-9 and _, and at most 40 of them.');
}
