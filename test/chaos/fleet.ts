import { startApp, type RunningApp } from '../../tools/embedded-stack/src/apps.js';

/** One process of an app. */
export interface Instance {
  readonly id: string;
  readonly app: string;
  readonly env?: Record<string, string>;
}

const RESTART_MS = 1_000;

/** The processes of all apps. One that ends without being killed from here is a finding, and is started again. */
export class Fleet {
  /** Processes that ended by themselves: how, and what they said last. */
  readonly unexpectedExits: string[] = [];
  private readonly running = new Map<string, RunningApp>();
  private readonly ended = new WeakSet<RunningApp>();

  constructor(
    readonly instances: readonly Instance[],
    private readonly env: Record<string, string>,
    private readonly onLine: (id: string, line: string) => void,
  ) {}

  async startAll(): Promise<void> {
    await Promise.all(this.instances.map((instance) => this.start(instance)));
    await this.ready();
  }

  /** Does not wait until it is ready. */
  async start({ id, app, env }: Instance): Promise<void> {
    const running = await startApp(
      app,
      { ...this.env, ...env },
      { onLine: (line) => this.onLine(id, line) },
    );
    this.running.set(id, running);
    running.child.onExit((exit) => {
      if (this.ended.has(running)) return;
      this.unexpectedExits.push(`${id} ended (${exit}): ${running.child.lastLines}`);
      setTimeout(() => {
        if (!this.ended.has(running)) void this.start({ id, app, env });
      }, RESTART_MS);
    });
  }

  async kill({ id }: Instance): Promise<void> {
    const running = this.running.get(id)!;
    this.ended.add(running);
    if (running.child.hasExited) return;
    const exited = new Promise((resolve) => running.child.onExit(resolve));
    running.child.kill('SIGKILL');
    await exited;
  }

  /** Resolves when every process serves. */
  async ready(): Promise<void> {
    await Promise.all([...this.running.values()].map((app) => app.ready()));
  }

  pidOf(id: string): number {
    return this.running.get(id)!.child.pid;
  }

  /** Ends one process in order, or all. */
  async stop(id?: string): Promise<void> {
    const apps = id ? [this.running.get(id)!] : [...this.running.values()];
    for (const app of apps) this.ended.add(app);
    await Promise.all(apps.map(({ child }) => child.stop()));
  }
}
