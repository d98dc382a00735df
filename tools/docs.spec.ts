import { DatabaseConfig, HttpConfig, UsherConfig } from '#libs/bootstrap';
import { eventCatalog, subscriptions } from '#libs/contracts';
import { MessagingConfig } from '#libs/messaging';
import { ServiceConfig } from '#libs/service-defaults';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import type { z } from 'zod';
import { ApiConfig } from '../apps/api/src/api.config.js';
import { ERROR_CODES } from '../apps/api/src/http/error-codes.js';
import { EmailWorkerConfig } from '../apps/email-worker/src/email-worker.config.js';
import { RecommendationWorkerConfig } from '../apps/recommendation-worker/src/recommendation-worker.config.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const filesUnder = (folder: string, extension: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(extension))
    .map((path) => join(folder, path));

/** The part of a page from one heading to the next of the same or a higher level; empty without the heading. */
function section(page: string, heading: string): string {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => new RegExp(`^#+ \`?${heading}\`?$`).test(line));
  if (start < 0) return '';
  const level = /^#+/.exec(lines[start]!)![0].length;
  const end = lines.findIndex((line, i) => i > start && new RegExp(`^#{1,${level}} `).test(line));
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
}

/** The cells of all table rows whose first cell is code. */
const rows = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => /^\| `[^`]+` +\|/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));

const code = (cell: string | undefined) => /^`([^`]+)`$/.exec(cell ?? '')?.[1];

/** The standard variables that the OpenTelemetry packages read by themselves. */
function readByOpenTelemetry(): string[] {
  const packages = ['resources', 'sdk-trace-base', 'otlp-exporter-base'];
  return packages
    .flatMap((name) => filesUnder(`node_modules/@opentelemetry/${name}/build/src`, '.js'))
    .flatMap((path) => [...read(path).matchAll(/\bOTEL_[A-Z_]+\b/g)].map(([name]) => name));
}

/** Code is a value to parse; `required` is what it says; any other text describes a default. */
function isFallback(shape: Readonly<Record<string, unknown>>, variable: string, text: string) {
  const schema = shape[variable] as z.ZodType;
  const absent = schema.safeParse(undefined);
  if (text === 'required') return !absent.success;
  const value = code(text);
  const written = value === undefined ? absent : schema.safeParse(value);
  return absent.success && isDeepStrictEqual(written.data, absent.data);
}

describe('docs/configuration.md', () => {
  const page = read('docs/configuration.md');
  const classes = {
    ServiceConfig,
    DatabaseConfig,
    HttpConfig,
    MessagingConfig,
    UsherConfig,
    ApiConfig,
    EmailWorkerConfig,
    RecommendationWorkerConfig,
  };
  const variables = Object.values(classes).flatMap(({ shape }) => Object.keys(shape));
  const readBesides = ['apps', 'libs', 'tools']
    .flatMap((folder) => filesUnder(folder, '.ts'))
    .filter((path) => !path.endsWith('.spec.ts'))
    .flatMap((path) => [...read(path).matchAll(/process\.env\['([A-Z][A-Z0-9]*_[A-Z0-9_]+)'\]/g)])
    .map(([, name]) => name!);

  describe.each(Object.entries(classes))('on %s', (name, { shape }) => {
    const table = rows(section(page, name));

    it('has one row for each variable and none besides', () => {
      const listed = table.map(([variable]) => code(variable));
      expect(new Set(listed)).toEqual(new Set(Object.keys(shape)));
    });

    it('tells of each variable what it is when it is not given', () => {
      const wrong = table
        .map(([variable, fallback]) => [code(variable)!, fallback!] as const)
        .filter(([variable, fallback]) => !isFallback(shape, variable, fallback));
      expect(wrong).toEqual([]);
    });
  });

  it('names every variable that is read elsewhere', () => {
    const named = [...page.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name]) => name);
    expect(named).toEqual(expect.arrayContaining(readBesides));
  });

  it('names no variable that does not exist', () => {
    const named = [...page.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].map(
      ([, name]) => name!.replace(/_FILE$/, ''),
    );
    const known = new Set([...variables, ...readBesides, ...readByOpenTelemetry(), 'NAME']);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  it('lists every error code with its status, and no other', () => {
    const listed = rows(section(read('docs/errors.md'), 'Codes')).map(([name, status]) => [
      code(name),
      Number(status),
    ]);
    expect(Object.fromEntries(listed)).toEqual(
      Object.fromEntries(Object.entries(ERROR_CODES).map(([name, { status }]) => [name, status])),
    );
  });
});

describe('docs/events.md', () => {
  const page = read('docs/events.md');

  it('has a section for every event, and for no other', () => {
    const headings = [...page.matchAll(/^#+ `([^`]+\.v\d+)`$/gm)].map(([, type]) => type);
    expect(new Set(headings)).toEqual(new Set(eventCatalog.map(({ type }) => type)));
  });

  describe.each(eventCatalog.map((definition) => [definition.type, definition] as const))(
    'on %s',
    (type, definition) => {
      const table = rows(section(page, type)).map((row) => row.map((cell) => code(cell) ?? cell));

      it('lists every field', () => {
        const { shape } = definition.data as z.ZodObject;
        const listed = table.map(([first]) => first!).filter((first) => !first.includes('.'));
        expect(listed).toEqual(Object.keys(shape));
      });

      it('lists every consumer with its step and effect', () => {
        const listed = table.filter(([first]) => first!.includes('.'));
        expect(listed).toEqual(
          subscriptions
            .filter(({ events }) => events.includes(definition))
            .map(({ consumer, step, effect }) => [consumer, step ?? 'none', effect]),
        );
      });
    },
  );
});

describe('docs/operations.md', () => {
  const page = section(read('docs/operations.md'), 'Alerts');
  const { groups } = parse(read('deploy/prometheus/alerts.yml'));
  const alerts: { alert: string; annotations: Record<string, string> }[] = groups.flatMap(
    (group: { rules: unknown[] }) => group.rules,
  );

  it('has a section for every alert, and for no other', () => {
    const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
    expect(new Set(headings)).toEqual(new Set(alerts.map(({ alert }) => alert)));
  });

  it.each(alerts)('is what $alert leads to', ({ alert, annotations }) => {
    expect(annotations['summary']).toBeTruthy();
    expect(annotations['description']).toBeTruthy();
    expect(annotations['runbook_url']).toBe(`docs/operations.md#${anchorOf(alert)}`);
  });
});

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

const anchors = (path: string) =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));

describe('a relative link', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...['docs', 'examples'].flatMap((folder) => filesUnder(folder, '.md')),
  ];

  it.each(pages)('in %s points to something that exists', (page) => {
    const broken = [...read(page).matchAll(/\]\((?![a-z]+:)([^)\s]*)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => {
        const [path, anchor] = target.split('#') as [string, string?];
        const file = path ? relative(root, join(root, dirname(page), path)) : page;
        if (!existsSync(join(root, file))) return true;
        return anchor !== undefined && file.endsWith('.md') && !anchors(file).includes(anchor);
      });
    expect(broken).toEqual([]);
  });
});

describe('docs/compatibility.md', () => {
  const page = read('docs/compatibility.md');
  const tables = page.split(/^## /m).slice(1);
  const entries = page
    .split('\n')
    .filter(
      (line) =>
        line.startsWith('| ') && !/^\| (-+|server|answer or server|proxy or client) /.test(line),
    )
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
  const links = entries.flatMap(([subject, , , heldBy]) =>
    [...heldBy!.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, title, path]) => ({
      subject,
      title: title!,
      path: path!,
    })),
  );

  it('has an entry in every section', () => {
    for (const table of tables)
      expect(table.split('\n').filter((line) => line.startsWith('| '))[2]).toBeDefined();
  });

  it('has four cells in every row, and a test in the last', () => {
    expect(entries.filter((cells) => cells.length !== 4 || cells.includes(''))).toEqual([]);
    expect(
      entries.filter(
        ([, , , heldBy]) => !/\]\(\.\.\/[^)]+-spec\.ts\)|\]\(\.\.\/[^)]+\.spec\.ts\)/.test(heldBy!),
      ),
    ).toEqual([]);
  });

  it.each(links)('names a test that is there: $title', ({ title, path }) => {
    expect(read(join('docs', path))).toContain(title);
  });
});
