import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's folder with a slash at its end; the same from the sources and from the build. */
export const root = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Where `npm run up` keeps its data. */
export const dataDirectory = (): string => process.env['DATA_DIR'] || join(root, '.data');

/** The path of a built file. */
export const built = (path: string): string => join(root, 'dist', path);

function findRoot(folder: string): string {
  return existsSync(join(folder, 'nest-cli.json')) ? `${folder}/` : findRoot(dirname(folder));
}
