import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../embedded-stack/src/paths.js';

/** The young generation in MB. The API allocates much for each request, and is quicker with more of it. */
const SEMI_SPACE_MB: Readonly<Record<string, number>> = { api: 32 };
const DEFAULT_SEMI_SPACE_MB = 4;
const OLD_SPACE_MB = 192;

/** How Node runs an app. */
export interface AppCommand {
  readonly options: readonly string[];
  readonly program: string;
}

/** The names of all apps, the API first, as nest-cli.json lists them. @param checkout where it is */
export function appNames(checkout = root): string[] {
  const { projects } = JSON.parse(readFileSync(join(checkout, 'nest-cli.json'), 'utf8')) as {
    projects: object;
  };
  return Object.keys(projects);
}

/** The one place that says how an app is started. @param checkout a folder with a build */
export function appCommand(app: string, checkout: string): AppCommand {
  return {
    options: [
      '--enable-source-maps',
      `--max-old-space-size=${OLD_SPACE_MB}`,
      `--max-semi-space-size=${SEMI_SPACE_MB[app] ?? DEFAULT_SEMI_SPACE_MB}`,
      '--import',
      `${checkout}/dist/libs/service-defaults/src/telemetry.js`,
    ],
    program: `${checkout}/dist/apps/${app}/src/main.js`,
  };
}
