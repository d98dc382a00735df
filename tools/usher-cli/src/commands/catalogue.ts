import { CATALOGUE, usherMessaging } from '#libs/contracts';
import { sendHint } from '#libs/messaging';
import type { Command } from 'commander';
import {
  importCatalogue,
  type ImportReport,
} from '../../../../apps/recommendation-worker/src/catalogue/import-catalogue.js';
import { withBroker, withDatabase } from '../broker.js';
import { print } from '../output.js';

interface Options {
  dryRun?: boolean;
  json?: boolean;
}

/** Counting the tags of a million items takes its time. */
const STATEMENT_TIMEOUT_MS = 600_000;
const PROGRESS_INTERVAL_MS = 2_000;

/** `catalogue import`: items of one's own. */
export function addCatalogue(program: Command): void {
  const catalogue = program.command('catalogue').description('the items that are recommended');

  catalogue
    .command('import <file>')
    .description('add items, or replace those of the same id, from a .jsonl or .csv file')
    .option('--dry-run', 'tell what would happen, and keep nothing')
    .option('--json', 'print JSON')
    .action(async (file: string, { dryRun = false, json }: Options) => {
      const options = { file, dryRun, onProgress: progress() };
      const report = await withDatabase(
        (database) => importCatalogue(database, options),
        STATEMENT_TIMEOUT_MS,
      );
      if (!dryRun && report.added + report.changed > 0) await tellWorkers(report.version);
      print({ file, dryRun, ...report }, json, () => describe(report, dryRun));
    });
}

/** The import is done, whatever becomes of the hint. */
async function tellWorkers(version: number): Promise<void> {
  try {
    await withBroker(({ model }) => sendHint(usherMessaging, model, CATALOGUE, { version }));
  } catch (error) {
    process.stderr.write(
      `The workers could not be told (${(error as Error).message}); they will see it by themselves in some seconds.\n`,
    );
  }
}

/** A line on standard error every two seconds. */
function progress(): (rows: number) => void {
  let last = Date.now();
  return (rows) => {
    if (Date.now() - last < PROGRESS_INTERVAL_MS) return;
    last = Date.now();
    process.stderr.write(`${rows} rows …\n`);
  };
}

function describe(report: ImportReport, dryRun: boolean): string {
  const { rows, added, changed, unchanged, rejected, rejectedFile, version } = report;
  return [
    `${rows} rows: ${added} added, ${changed} changed, ${unchanged} unchanged, ${rejected} rejected.`,
    ...(rejectedFile ? [`Why: ${rejectedFile}`] : []),
    dryRun
      ? `A dry run: nothing was kept, the catalogue is still of version ${version}.`
      : `The catalogue is of version ${version}.`,
  ].join('\n');
}
