import { createDataSource, Database, migrate } from '#libs/database';
import { loadSampleCatalogue } from '../../../apps/recommendation-worker/src/catalogue/sample-catalogue.js';

/** What a migration did. */
export interface MigrationResult {
  readonly migrations: readonly string[];
  /** Items of the sample catalogue that were loaded; 0 when there was a catalogue already. */
  readonly sampleItems: number;
}

/** Brings the schema up to date, and loads the sample catalogue when there is none. */
export async function migrateDatabase(url: string): Promise<MigrationResult> {
  const dataSource = await createDataSource({
    url,
    applicationName: 'usher migrate',
    poolSize: 2,
  }).initialize();
  try {
    const migrations = await migrate(dataSource);
    return { migrations, sampleItems: await loadSampleCatalogue(new Database(dataSource)) };
  } finally {
    await dataSource.destroy();
  }
}
