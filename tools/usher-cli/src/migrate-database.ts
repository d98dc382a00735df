import {
  createDataSource,
  Database,
  migrate,
  MIGRATION_CONNECTIONS,
  type MigrateOptions,
  type Prepared,
} from '#libs/database';
import { loadSampleCatalogue } from '../../../apps/recommendation-worker/src/catalogue/sample-catalogue.js';

/** What a migration did. */
export interface MigrationResult {
  readonly migrations: readonly string[];
  /** Items of the sample catalogue that were loaded; 0 when there was a catalogue already. */
  readonly sampleItems: number;
}

/** An index on a large table takes its time. */
const STATEMENT_TIMEOUT_MS = 3_600_000;

/** Brings the schema up to date, and loads the sample catalogue when there is none. */
export async function migrateDatabase(
  url: string,
  { prepared, ...options }: MigrateOptions & { readonly prepared?: Prepared } = {},
): Promise<MigrationResult> {
  const dataSource = await createDataSource({
    url,
    applicationName: 'usher migrate',
    poolSize: MIGRATION_CONNECTIONS,
    prepared,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  }).initialize();
  try {
    const migrations = await migrate(dataSource, options);
    return { migrations, sampleItems: await loadSampleCatalogue(new Database(dataSource)) };
  } finally {
    await dataSource.destroy();
  }
}
