import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../tools/embedded-stack/src/paths.js';

/** A folder with a copy of this checkout to edit, its build, and the packages of this one. */
export async function copyCheckout(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'usher-checkout-'));
  // As root, PostgreSQL runs as a user of its own, who has to get in.
  await chmod(folder, 0o755);
  const listed = execFileSync('git', ['-C', root, 'ls-files', '-co', '-z', '--exclude-standard'], {
    encoding: 'utf8',
  });
  for (const path of [...listed.split('\0').filter(Boolean), 'dist'])
    cpSync(join(root, path), join(folder, path), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
