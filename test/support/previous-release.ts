import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/embedded-stack/src/paths.js';

const { commit } = JSON.parse(readFileSync(`${root}test/previous-release.json`, 'utf8')) as {
  commit: string;
};

/** Whether git has the commit of the previous release here; a shallow clone does not. */
export const hasPreviousRelease = (): boolean =>
  spawnSync('git', ['-C', root, 'cat-file', '-e', `${commit}^{commit}`]).status === 0;

/** Puts the previous release into the folder and builds it, with the packages of this one. */
export function buildPreviousRelease(folder: string): void {
  const archive = execFileSync('git', ['-C', root, 'archive', commit], { maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(`${root}node_modules`, join(folder, 'node_modules'));
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: folder, stdio: 'pipe' });
}
