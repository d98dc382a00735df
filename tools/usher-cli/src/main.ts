import { ConfigError } from '#libs/service-defaults';
import { Logger } from '@nestjs/common';
import { Command, CommanderError } from 'commander';
import { addCampaigns } from './commands/campaigns.js';
import { addCatalogue } from './commands/catalogue.js';
import { addClock } from './commands/clock.js';
import { addDeadLetters } from './commands/dead-letters.js';
import { addEvents } from './commands/events.js';
import { addGrants } from './commands/grants.js';
import { addLine } from './commands/line.js';
import { addMail } from './commands/mail.js';
import { addMigrate } from './commands/migrate.js';
import { addQueues } from './commands/queues.js';
import { addReconcile } from './commands/reconcile.js';
import { addScheduled } from './commands/scheduled.js';
import { addTopology } from './commands/topology.js';
import { UsageError } from './usage-error.js';

const OK = 0;
const FAILED = 1;
const WRONG_USAGE = 2;
/** SQLSTATE insufficient_privilege */
const NO_RIGHT = '42501';

const program = new Command('usher')
  .description('Operate Usher. Configured by the environment, like the apps.')
  .exitOverride()
  .showHelpAfterError();
Logger.overrideLogger(false); // What a command has to say, it prints itself.
for (const add of [
  addMigrate,
  addGrants,
  addTopology,
  addQueues,
  addDeadLetters,
  addEvents,
  addReconcile,
  addScheduled,
  addClock,
  addLine,
  addMail,
  addCatalogue,
  addCampaigns,
])
  add(program);

try {
  await program.parseAsync();
} catch (error) {
  // A command may have said already which failure it is.
  process.exitCode = Math.max(Number(process.exitCode ?? 0), report(error as Error));
}

function report(error: Error): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? OK : WRONG_USAGE;
  process.stderr.write(`${error.message || (error as NodeJS.ErrnoException).code || error.name}\n`);
  if ((error as NodeJS.ErrnoException).code === NO_RIGHT)
    process.stderr.write('`usher grants` prints the rights that each role needs.\n');
  const isUsage = error instanceof ConfigError || error instanceof UsageError;
  return isUsage ? WRONG_USAGE : FAILED;
}
