import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { root } from '../../embedded-stack/src/paths.js';
import type { Import } from './measure.js';

/** The source files below some folders of the repository, without tests, and what they import of each other. */
export async function readImports(
  folders: readonly string[],
): Promise<{ files: string[]; imports: Import[] }> {
  const { output } = await cruise(
    [...folders],
    {
      baseDir: root,
      exclude: { path: '\\.spec\\.ts$' },
      doNotFollow: { path: '^node_modules/' },
      // Importing a type is knowing it, too.
      tsPreCompilationDeps: true,
    },
    undefined,
    { tsConfig: extractTsConfig(`${root}tsconfig.json`) },
  );
  const modules = (output as ICruiseResult).modules.filter(({ source }) =>
    folders.some((folder) => source.startsWith(`${folder}/`)),
  );
  return {
    files: modules.map(({ source }) => source),
    imports: modules.flatMap(({ source, dependencies }) =>
      dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
    ),
  };
}
