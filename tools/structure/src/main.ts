import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../embedded-stack/src/paths.js';
import { table } from '../../usher-cli/src/table.js';
import { measure, type Structure } from './measure.js';
import { ARCHITECTURE_PAGE, withStructure } from './page.js';
import { readImports } from './read-imports.js';

/** `npm run structure`: how the folders depend on each other, and which imports run against the order. */
const { values } = parseArgs({
  options: { json: { type: 'boolean' }, write: { type: 'boolean' } },
});
const orders = JSON.parse(
  await readFile(join(root, 'tools/structure/order.json'), 'utf8'),
) as Record<string, string[]>;
const { files, imports } = await readImports(Object.keys(orders));
const measured = Object.entries(orders).map(([path, order]) =>
  measure(
    path,
    files.filter((file) => file.startsWith(`${path}/`)),
    imports,
    order,
  ),
);
const roots: Structure[] = measured.map(({ path, folders, levels, imports: pairs, against }) => ({
  path,
  folders,
  levels,
  imports: pairs,
  against,
}));

if (values.json) process.stdout.write(`${JSON.stringify({ roots }, undefined, 2)}\n`);
else {
  const rows = roots.map((each) => Object.values(each).map(String));
  process.stdout.write(
    `${table([['path', 'folders', 'levels', 'imports', 'against'], ...rows])}\n`,
  );
}
if (values.write) {
  const path = join(root, ARCHITECTURE_PAGE);
  await writeFile(path, withStructure(await readFile(path, 'utf8'), roots));
}
for (const { path, offending } of measured) {
  for (const pair of offending) {
    process.stderr.write(`${path}: ${pair} runs against tools/structure/order.json\n`);
    process.exitCode = 1;
  }
}
