import { InvalidArgumentError, type Command } from 'commander';
import { appNames } from '../../../start/src/app-command.js';
import { withDatabase } from '../broker.js';
import { grants, grantsScript } from '../grants/grants-script.js';
import { print } from '../output.js';

interface Options {
  rolePrefix: string;
  relay?: string[];
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
    .option('--relay <worker...>', 'workers that run with RELAY=on', worker)
    .option('--apply', 'run it on the database, as after each migration')
    .option('--json', 'print the rights as JSON')
    .action(async ({ rolePrefix, relay = [], apply, json }: Options) => {
      const script = grantsScript(rolePrefix, relay);
      if (apply) await withDatabase((database) => database.query(script));
      print(grants(rolePrefix, relay), json, () =>
        apply ? 'The roles have their rights.' : script,
      );
    });
}

function namePrefix(text: string): string {
  if (/^[a-z_][a-z0-9_]{0,39}$/.test(text)) return text;
  throw new InvalidArgumentError('It takes a-z, 0-9 and _, and at most 40 of them.');
}

/** Of an option that may be given several times. */
function worker(name: string, before: readonly string[] = []): string[] {
  const workers = appNames().filter((app) => app !== 'api');
  if (workers.includes(name)) return [...before, name];
  throw new InvalidArgumentError(`It takes ${workers.join(', ')}.`);
}
