import type { JsonSchema } from '#libs/messaging';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SCHEMAS } from './contract-files.js';

/** The schemas that are committed, by event type. */
export async function publishedSchemas(root: string): Promise<ReadonlyMap<string, JsonSchema>> {
  const folder = join(root, SCHEMAS);
  await mkdir(folder, { recursive: true });
  const published = new Map<string, JsonSchema>();
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8');
    published.set(basename(name, '.json'), JSON.parse(text) as JsonSchema);
  }
  return published;
}
