import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, type ChildOptions } from './child.js';
import { freePort } from './free-port.js';
import { root } from './paths.js';

const READY_TIMEOUT_MS = 60_000;
/** What limits the heap of an app, in MB, as `npm run start:<app>` has it. */
function heapLimits(app: string): string[] {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    scripts: Record<string, string>;
  };
  return (scripts[`start:${app}`] ?? '').split(' ').filter((word) => word.startsWith('--max-'));
}

/** The names of all apps, the API first, as nest-cli.json lists them. */
export function appNames(): string[] {
  const { projects } = JSON.parse(readFileSync(`${root}nest-cli.json`, 'utf8')) as {
    projects: object;
  };
  return Object.keys(projects);
}

/** An app that runs as a process of its own, as in production. */
export interface RunningApp {
  readonly name: string;
  readonly child: Child;
  /** Where it serves /healthz, /readyz and /metrics. */
  readonly metricsUrl: string;
  /** Resolves when /readyz says so. */
  ready(): Promise<void>;
}

export interface AppOptions extends Pick<ChildOptions, 'onLine' | 'logFile' | 'flags'> {
  /** The folder of another release, with its build. */
  readonly checkout?: string;
}

/** Starts an app from the build; configured by `env` alone. */
export async function startApp(
  name: string,
  env: Record<string, string>,
  { flags = [], checkout = root, ...options }: AppOptions = {},
): Promise<RunningApp> {
  const built = (path: string) => join(checkout, 'dist', path);
  const port = await freePort();
  const metricsUrl = `http://127.0.0.1:${port}`;
  const child = new Child(name, built(`apps/${name}/src/main.js`), {
    env: { ...env, METRICS_PORT: String(port) },
    ...options,
    imports: [built('libs/service-defaults/src/telemetry.js')],
    flags: [...heapLimits(name), ...flags],
  });
  const ready = () =>
    child.until(async () => {
      const response = await fetch(`${metricsUrl}/readyz`).catch(() => undefined);
      return response?.ok || undefined;
    }, READY_TIMEOUT_MS);
  return { name, child, metricsUrl, ready: async () => void (await ready()) };
}
