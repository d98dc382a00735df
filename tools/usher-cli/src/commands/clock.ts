import { UsherConfig } from '#libs/bootstrap';
import { usherMessaging } from '#libs/contracts';
import { advanceClock } from '#libs/messaging';
import { ConfigError, defineConfig } from '#libs/service-defaults';
import { InvalidArgumentError, type Command } from 'commander';
import { withDatabase } from '../broker.js';
import { configured } from '../configured.js';
import { durationArgument } from '../duration-argument.js';
import { print } from '../output.js';
import { UsageError } from '../usage-error.js';

class ClockConfig extends defineConfig({
  USHER_TIME_TRAVEL: UsherConfig.shape.USHER_TIME_TRAVEL,
}) {}

/** Ten years: beyond that lie the ends of what dates can be. */
const MAX_STEP_MS = 3_650 * 86_400_000;

function stepArgument(text: string): number {
  const milliseconds = durationArgument(text);
  if (milliseconds > 0 && milliseconds <= MAX_STEP_MS) return milliseconds;
  throw new InvalidArgumentError('It takes more than nothing, and 3650d at most.');
}

// sysexits.h
const EX_CONFIG = 78;

/** `clock advance`: what is due later is due now. */
export function addClock(program: Command): void {
  const clock = program.command('clock').description('the clock that decides what is due');

  clock
    .command('advance')
    .argument('<duration>', 'such as 25h', stepArgument)
    .description('move it on for everybody, for tests and demonstrations; nothing moves it back')
    .option('--json', 'print JSON')
    .action(async (byMs: number, { json }: { json?: boolean }) => {
      const { USHER_TIME_TRAVEL } = await configured(ClockConfig).catch((error: unknown) => {
        if (error instanceof ConfigError) process.exitCode = EX_CONFIG;
        throw error;
      });
      if (USHER_TIME_TRAVEL !== 'on')
        throw new UsageError(
          'The clock is moved on only with USHER_TIME_TRAVEL=on: sessions end, links expire, mails are sent.',
        );
      const offset = await withDatabase((database) => advanceClock(usherMessaging, database, byMs));
      print({ offset }, json, () => `The clock is ${offset} ahead of the server's.`);
    });
}
