import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { Child } from './child.js';
import { root } from './paths.js';
import { tell } from './terminal.js';

const binary = (path: string) => join(root, 'node_modules', path);

interface Builder {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** In the line that says that everything has been written. */
  readonly says: string;
}

/** What `npm run build` runs, in watch mode. Neither writes anything of sources that do not compile. */
const BUILDERS: readonly Builder[] = [
  {
    name: 'The compiler',
    program: binary('@nestjs/cli/bin/nest.js'),
    args: ['build', '--watch', '--watchAssets', '--preserveWatchOutput'],
    says: 'Found 0 errors',
  },
  {
    name: "The page's build",
    program: binary('vite/bin/vite.js'),
    args: ['build', 'apps/web', '--watch', '--logLevel', 'warn'],
    says: 'the page is built',
  },
];

/** `npm run build`, and once more whenever a source has changed, until it is stopped. */
export class WatchedBuild {
  private readonly children: Child[] = [];
  private readonly events = new EventEmitter();
  private isNew = false;
  private isStopping = false;

  /** Resolves when everything has been built without an error. @throws Error when a builder ends */
  async start(): Promise<void> {
    await Promise.all(BUILDERS.map((builder) => this.begin(builder)));
    this.isNew = false;
  }

  /** Resolves as soon as there is a build that was not there when it was called the last time. */
  async next(): Promise<void> {
    if (!this.isNew) await once(this.events, 'built');
    this.isNew = false;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.children.map((child) => child.stop()));
  }

  private begin({ name, program, args, says }: Builder): Promise<void> {
    return new Promise((resolve, reject) => {
      const onLine = (line: string) => {
        if (line.trim() !== '') tell(`${line}\n`);
        if (!line.includes(says)) return;
        resolve();
        this.isNew = true;
        this.events.emit('built');
      };
      const child = new Child(name, program, { args, cwd: root, onLine });
      this.children.push(child);
      child.onExit((exit) => {
        if (this.isStopping) return;
        const problem = `${name} has ended (${exit}): changes are no longer seen.`;
        tell(`${problem}\n`);
        reject(new Error(problem));
      });
    });
  }
}
