import { DatabaseConfig } from '#libs/bootstrap';
import type { Command } from 'commander';
import { configured } from '../configured.js';
import { migrateDatabase } from '../migrate-database.js';
import { print } from '../output.js';

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description(
      'bring the database schema up to date; load the sample catalogue when there is none',
    )
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { DATABASE_URL } = configured(DatabaseConfig);
      print(await migrateDatabase(DATABASE_URL), json, ({ migrations, sampleItems }) =>
        [
          migrations.length > 0 ? `Ran ${migrations.join(', ')}.` : 'The schema is up to date.',
          sampleItems > 0
            ? `Loaded the sample catalogue: ${sampleItems} items.`
            : 'There is a catalogue already.',
        ].join('\n'),
      );
    });
}
