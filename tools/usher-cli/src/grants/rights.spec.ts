import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appNames } from '../../../start/src/app-command.js';
import { RIGHTS, type Rights } from './rights.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

function sourceOf(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .map((path) => readFileSync(join(root, folder, path), 'utf8'))
    .join('\n');
}

const tables = [
  ...sourceOf('libs/database/src/migrations').matchAll(/CREATE (?:UNLOGGED )?TABLE ([a-z_.]+)/g),
].map(([, table]) => table!);
const { operator, ...apps } = RIGHTS;

describe.each(Object.entries<Rights>(apps))('%s', (app, rights) => {
  // The library's statements name the schema that the application gives it.
  const messaging = sourceOf('libs/messaging/src').replaceAll(
    /\$\{[\w.]*names\.schema\}/g,
    'messaging',
  );
  const source = sourceOf(`apps/${app}/src`) + messaging;
  const named = tables.filter((table) => new RegExp(`\\b${table}\\b`).test(source));

  it('has rights on tables only that its statements name', () => {
    expect(named).toEqual(expect.arrayContaining(Object.keys(rights)));
  });

  it('has rights on each table that its statements name, unless the command line alone sends them', () => {
    const granted = [...Object.keys(rights), ...Object.keys(operator)];
    expect(granted).toEqual(expect.arrayContaining(named));
  });
});

it('every app has rights; a new one is to be added to rights.ts', () => {
  expect(Object.keys(apps)).toEqual(expect.arrayContaining(appNames()));
});

it('every table is somebody’s', () => {
  const granted = Object.values<Rights>(RIGHTS).flatMap((rights) => Object.keys(rights));
  expect(new Set(granted)).toEqual(new Set(tables));
});
