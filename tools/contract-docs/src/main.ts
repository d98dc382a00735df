import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../embedded-stack/src/paths.js';
import { contractFiles, EVENTS_PAGE, publishingProblems } from './contract-files.js';
import { publishedSchemas } from './published-schemas.js';

/** Writes what is published of the events, unless somebody out there could no longer read them. */
const problems = publishingProblems(await publishedSchemas(root));
if (problems.length > 0) {
  process.stderr.write(`Nothing was written:\n${problems.map((each) => `  ${each}\n`).join('')}`);
  process.exit(1);
}
for (const [path, text] of contractFiles(await readFile(join(root, EVENTS_PAGE), 'utf8'))) {
  await writeFile(join(root, path), text);
  process.stdout.write(`${path}\n`);
}
