import type { Database } from '#libs/database';
import { BATCH, CatalogueWriter } from './catalogue-writer.js';
import { itemRecord, reasonsOf, type ItemRecord } from './item-record.js';
import { readRows, type Row } from './read-rows.js';
import { RejectedRows } from './rejected-rows.js';

export interface ImportOptions {
  readonly file: string;
  /** Does everything but keep it. */
  readonly dryRun: boolean;
  /** Told how many rows have been read, every now and then. */
  readonly onProgress: (rows: number) => void;
}

/** What an import did. */
export interface ImportReport {
  readonly rows: number;
  readonly added: number;
  readonly changed: number;
  /** They were in the catalogue already, as they are, or the file has them again further down. */
  readonly unchanged: number;
  readonly rejected: number;
  readonly rejectedFile?: string | undefined;
  /** Of the catalogue; the old one when nothing has changed. */
  readonly version: number;
}

/**
 * Adds the items of a file to the catalogue, in one transaction, holding one batch in memory. Rows that are
 * no items are left out and written to a file beside it, with the reasons.
 * @throws UnreadableCatalogueError
 */
export async function importCatalogue(
  database: Database,
  { file, dryRun, onProgress }: ImportOptions,
): Promise<ImportReport> {
  const rejected = new RejectedRows(`${file}.rejected.jsonl`);
  const transaction = await database.begin();
  try {
    const writer = await CatalogueWriter.begin(transaction);
    const counts = { rows: 0, added: 0, changed: 0 };
    const batch = new Map<string, ItemRecord>();
    const flush = async () => {
      const { added, changed } = await writer.write([...batch.values()]);
      counts.added += added;
      counts.changed += changed;
      batch.clear();
    };
    for await (const row of readRows(file)) {
      counts.rows++;
      const item = await accept(row, rejected);
      if (item) batch.set(item.id, item);
      if (batch.size === BATCH) await flush();
      if (counts.rows % BATCH === 0) onProgress(counts.rows);
    }
    await flush();
    const hasChanged = counts.added + counts.changed > 0;
    const version = hasChanged ? await writer.finish() : writer.previousVersion;
    if (hasChanged && !dryRun) await transaction.commit();
    return {
      ...counts,
      unchanged: counts.rows - counts.added - counts.changed - rejected.count,
      rejected: rejected.count,
      rejectedFile: rejected.count > 0 ? rejected.path : undefined,
      version: dryRun ? writer.previousVersion : version,
    };
  } finally {
    await transaction.rollback();
    await rejected.close();
  }
}

async function accept(row: Row, rejected: RejectedRows): Promise<ItemRecord | undefined> {
  if ('problem' in row) {
    await rejected.add({ line: row.line, reasons: [row.problem], row: row.raw });
    return undefined;
  }
  const parsed = itemRecord.safeParse(row.value);
  if (parsed.success) return parsed.data;
  await rejected.add({ line: row.line, reasons: reasonsOf(parsed.error), row: row.value });
  return undefined;
}
