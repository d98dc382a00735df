import { Reconciler } from '#libs/messaging';
import type { Command } from 'commander';
import { withBroker, withDatabase } from '../broker.js';
import { durationArgument } from '../duration-argument.js';
import { messagingHere } from '../features-here.js';
import { listing, print } from '../output.js';

const OLDER_THAN_MS = 300_000;

interface Options {
  olderThan?: number;
  fix?: boolean;
  json?: boolean;
}

/** `reconcile`: what is truly missing, and with `--fix` sent again. */
export function addReconcile(program: Command): void {
  program
    .command('reconcile')
    .description('find events that a consumer never got; with --fix send them to it again')
    .option(
      '--older-than <duration>',
      'published at least this long ago (default: 5m)',
      durationArgument,
    )
    .option('--fix', 'send them again, to exactly that consumer')
    .option('--json', 'print JSON')
    .action(async ({ olderThan = OLDER_THAN_MS, fix = false, json }: Options) => {
      const messaging = await messagingHere();
      const report = await withDatabase((database) =>
        withBroker(async ({ config, connection, publisher }) => {
          const reconciler = new Reconciler(messaging, database, connection, publisher, {
            retryDelaysMs: config.CONSUMER_RETRY_DELAYS,
            prefetch: config.CONSUMER_PREFETCH,
          });
          return reconciler.reconcile(olderThan, fix);
        }),
      );
      if (!report) throw new Error('Another process is reconciling; try again.');
      const { missing, resent, unreachable } = report;
      if (unreachable.length > 0) process.exitCode = 1;
      print({ missing, resent, ...(unreachable.length > 0 && { unreachable }) }, json, () =>
        [
          listing(
            ['CONSUMER', 'EVENT', 'USER', 'HAPPENED'],
            missing.map((each) => [each.consumer, each.eventId, each.subject, each.occurredAt]),
            'Nothing is missing.',
          ),
          ...(missing.length > 0
            ? [fix ? `Sent ${resent} again.` : '--fix sends them again.']
            : []),
          ...unreachable.map(
            (consumer) => `${consumer}: the broker cannot say what its queues hold.`,
          ),
        ].join('\n'),
      );
    });
}
