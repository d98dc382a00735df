import { ConfigError } from '#libs/service-defaults';
import { Command, CommanderError } from 'commander';
import { addMigrate } from './commands/migrate.js';
import { addTopology } from './commands/topology.js';

const OK = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

const program = new Command('usher')
  .description('Operate Usher. Configured by the environment, like the apps.')
  .exitOverride()
  .showHelpAfterError();
addMigrate(program);
addTopology(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error as Error);
}

function report(error: Error): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? OK : WRONG_USAGE;
  process.stderr.write(`${error.message || (error as NodeJS.ErrnoException).code || error.name}\n`);
  return error instanceof ConfigError ? WRONG_USAGE : FAILED;
}
