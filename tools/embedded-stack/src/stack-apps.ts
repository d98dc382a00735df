import { appNames } from '../../start/src/app-command.js';
import { startApp, type RunningApp } from './apps.js';
import { linesOf, tell } from './terminal.js';

/** The processes of all apps of one stack; a restart gives them the code of the build as it is then. */
export class StackApps {
  readonly names = appNames();
  private readonly running = new Map<string, RunningApp>();
  private readonly metricsPorts = new Map<string, number>();
  private changing: Promise<unknown> = Promise.resolve();
  private isEnding = false;

  /** @param env the configuration of every app */
  constructor(private readonly env: Record<string, string>) {}

  /** Where each app serves its metrics; the same after a restart. */
  get metricsUrls(): Record<string, string> {
    const entries = this.names.map((name) => [name, this.running.get(name)!.metricsUrl]);
    return Object.fromEntries(entries) as Record<string, string>;
  }

  /** Resolves when all are ready. @throws Error when one ends before */
  async start(): Promise<void> {
    await this.change((name) => this.begin(name));
  }

  /** Ends each in order and starts it once more. @throws Error when one ends before it is ready */
  async restart(): Promise<void> {
    await this.change(async (name) => {
      await this.end(name);
      if (!this.isEnding) await this.begin(name);
    });
  }

  /** Ends one; none starts from now on. */
  async stop(name: string): Promise<void> {
    this.isEnding = true;
    await this.changing;
    await this.end(name);
  }

  private async change(each: (name: string) => Promise<void>): Promise<void> {
    this.changing = Promise.all(this.names.map(each));
    await this.changing;
    await Promise.all([...this.running.values()].map((app) => app.ready()));
  }

  private async end(name: string): Promise<void> {
    const app = this.running.get(name);
    this.running.delete(name);
    await app?.child.stop();
  }

  private async begin(name: string): Promise<void> {
    const app = await startApp(name, this.env, {
      onLine: linesOf(name, this.names),
      metricsPort: this.metricsPorts.get(name),
    });
    this.running.set(name, app);
    this.metricsPorts.set(name, Number(new URL(app.metricsUrl).port));
    app.child.onExit((exit) => {
      if (this.isEnding || this.running.get(name) !== app) return;
      tell(`${name} has ended (${exit}); the others go on. Ctrl-C stops everything.\n`);
    });
  }
}
