import { DatabaseConfig } from '#libs/bootstrap';
import type { Command } from 'commander';
import { configured } from '../configured.js';
import { durationArgument } from '../duration-argument.js';
import { migrateDatabase } from '../migrate-database.js';
import { print } from '../output.js';

/** Not among the results. */
const onProgress = (line: string) => void process.stderr.write(`${line}\n`);

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description(
      'bring the database schema up to date; load the sample catalogue when there is none',
    )
    .option(
      '--wait <duration>',
      'how long to wait for those who hold what a migration needs (default: 15m)',
      durationArgument,
    )
    .option('--json', 'print JSON')
    .action(async ({ json, wait }: { json?: boolean; wait?: number }) => {
      const { DATABASE_URL, DATABASE_PREPARED } = await configured(DatabaseConfig);
      const result = await migrateDatabase(DATABASE_URL, {
        waitMs: wait,
        onProgress,
        prepared: DATABASE_PREPARED,
      });
      print(result, json, ({ migrations, sampleItems }) =>
        [
          migrations.length > 0 ? `Ran ${migrations.join(', ')}.` : 'The schema is up to date.',
          sampleItems > 0
            ? `Loaded the sample catalogue: ${sampleItems} items.`
            : 'There is a catalogue already.',
        ].join('\n'),
      );
    });
}
