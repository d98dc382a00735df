import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL } from './worker-files.js';
import type { NewWorker } from './new-worker.js';

/** How one file changes. */
interface Entry {
  readonly path: string;
  readonly change: (text: string) => string;
}

/**
 * The entries that a new worker needs beside its own files: the new text of each file by its path.
 * @throws Error when a file has no place for one: it was changed since this tool was
 */
export function workerEntries(worker: NewWorker, root: string): ReadonlyMap<string, string> {
  return new Map(
    entries(worker).map(({ path, change }) => {
      const text = readFileSync(join(root, path), 'utf8');
      const changed = change(text);
      if (changed === text) throw new Error(`${path} has no place for an entry of ${worker.name}`);
      return [path, changed] as const;
    }),
  );
}

function entries(worker: NewWorker): Entry[] {
  const { name, consumer, subscription, eventConstant, eventFile, isExternal } = worker;
  const effect = isExternal ? `, effect: 'external'` : '';
  /** Behind each entry of the model a copy of it under the new name. */
  const copies = (path: string, entry: RegExp, adapt = (text: string) => text): Entry => ({
    path,
    change: (text) =>
      text.replaceAll(entry, (found) => found + adapt(found.replaceAll(MODEL, name))),
  });
  const all: Entry[] = [
    {
      path: 'libs/contracts/src/subscriptions.ts',
      change: (text) =>
        withImport(text, eventConstant, `./${eventFile}.js`)
          .replace(
            /\n\/\*\* [^\n]+ \*\/\nconst always/,
            (found) =>
              `\nexport const ${subscription} = defineSubscription(${eventConstant}, { consumer: '${consumer}'${effect} });\n${found}`,
          )
          .replace(/(always: readonly Subscription\[\] = \[[^\]]*)\]/, `$1  ${subscription},\n]`),
    },
    {
      path: 'libs/contracts/src/index.ts',
      change: (text) =>
        text.replace(/\n  subscriptions,\n/, `\n  ${subscription},\n  subscriptions,\n`),
    },
    {
      path: 'nest-cli.json',
      change: (text) => withProject(text, name),
    },
    {
      path: 'tools/usher-cli/src/grants/rights.ts',
      change: (text) =>
        text.replace(
          '  /** The command line,',
          `  '${name}': {\n    ...LEDGER,\n${worker.hasTable ? `    '${worker.table}': 'INSERT',\n` : ''}  },\n  /** The command line,`,
        ),
    },
    copies('docker-compose.yml', /\n  notification-worker:\n(?: {4}.*\n)+/g),
    copies('compose.production.yml', /\n  notification-worker: .*/g),
    copies('deploy/kubernetes/base/kustomization.yaml', /\n  - notification-worker\.yaml/g),
    copies(
      'deploy/prometheus/prometheus.yml',
      /\n  - job_name: notification-worker\n(?: {4}.*\n)+/g,
    ),
    copies(
      'deploy/prometheus/alerts.yml',
      /\n +or absent\(up\{job="notification-worker"\}\)|\|notification-worker(?=[|"])/g,
    ),
    copies(
      'deploy/prometheus/alerts.test.yml',
      /\n +- series: up\{job="notification-worker".*\n +values: .*/g,
    ),
    copies('docs/scaling.md', /\n\| `notification-worker\..*/g, (row) =>
      row.replace(/`[a-z-]+\.[a-z-]+`/, `\`${consumer}\``),
    ),
    copies(
      'docs/architecture.md',
      /\n\| `apps\/notification-worker`.*|\n  notification-worker\/src.*/g,
      (row) =>
        row.startsWith('\n|')
          ? `\n| \`apps/${name}\` | ${worker.handler.replaceAll('-', ' ')} | ${worker.hasTable ? `\`${worker.schema}\`` : 'nothing'} |`
          : `\n  ${name.concat('/src/').padEnd(26)} one folder: its only handler`,
    ),
  ];
  if (!worker.hasTable) return all;
  const file = `${worker.migrationNumber}-${worker.schema.replaceAll('_', '-')}`;
  return [
    ...all,
    {
      path: 'libs/database/src/migrations/index.ts',
      change: (text) =>
        text
          .replace(
            '\n\n/** All schema changes',
            `\nimport { ${worker.migrationClass} } from './${file}.js';\n\n/** All schema changes`,
          )
          .replace(/\n\];/, `\n  ${worker.migrationClass},\n];`),
    },
  ];
}

function withImport(text: string, name: string, from: string): string {
  if (new RegExp(`import \\{[^}]*\\b${name}\\b`).test(text)) return text;
  return text.replace(/\n\n/, `\nimport { ${name} } from '${from}';\n\n`);
}

function withProject(text: string, name: string): string {
  const configuration = JSON.parse(text) as { projects: Record<string, object> };
  const model = JSON.stringify(configuration.projects[MODEL]);
  configuration.projects[name] = JSON.parse(model.replaceAll(MODEL, name)) as object;
  return JSON.stringify(configuration, null, 2);
}
