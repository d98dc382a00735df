import { resolve } from 'node:path';
import { appCommand } from '../../start/src/app-command.js';
import { Child, type ChildOptions } from './child.js';
import { freePort } from './free-port.js';
import { root } from './paths.js';

const READY_TIMEOUT_MS = 60_000;

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
  /** Another one if it is taken; any free one if none is given. */
  readonly metricsPort?: number | undefined;
  /** The folder of another release, with its build. */
  readonly checkout?: string;
}

/** Starts an app from the build; configured by `env` alone. */
export async function startApp(
  name: string,
  env: Record<string, string>,
  { flags = [], checkout = root, metricsPort, ...options }: AppOptions = {},
): Promise<RunningApp> {
  const app = appCommand(name, resolve(checkout));
  const port = await freePort(metricsPort);
  const metricsUrl = `http://127.0.0.1:${port}`;
  const child = new Child(name, app.program, {
    env: { ...env, METRICS_PORT: String(port) },
    ...options,
    flags: [...app.options, ...flags],
  });
  const ready = () =>
    child.until(async () => {
      const response = await fetch(`${metricsUrl}/readyz`).catch(() => undefined);
      return response?.ok || undefined;
    }, READY_TIMEOUT_MS);
  return { name, child, metricsUrl, ready: async () => void (await ready()) };
}
