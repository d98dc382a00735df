import { defineEvent, eventSchema } from '#libs/messaging';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from '../../embedded-stack/src/paths.js';
import { contractFiles, EVENTS_PAGE, publishingProblems, SCHEMAS } from './contract-files.js';
import { publishedSchemas } from './published-schemas.js';

const read = (path: string) => readFile(join(root, path), 'utf8');
const page = await read(EVENTS_PAGE);
const files = contractFiles(page);
const published = await publishedSchemas(root);

describe('what is published of the events', () => {
  it('can still be read by everybody: an event of the same version has not changed', () => {
    expect(publishingProblems(published)).toEqual([]);
  });

  it.each([...files.keys()])(
    'is up to date in %s; npm run docs:contracts writes it',
    async (path) => {
      expect(await read(path).catch(() => '')).toBe(files.get(path));
    },
  );

  it('has one schema for each event', () => {
    const paths = [...published.keys()].map((type) => `${SCHEMAS}/${type}.json`);
    expect([...files.keys()]).toEqual(expect.arrayContaining(paths));
    expect(published.size).toBeGreaterThan(0);
  });
});

describe('an event that has changed', () => {
  const event = (fields: z.ZodRawShape) =>
    defineEvent('order.placed.v1', z.object(fields), { prefix: 'shop' });
  const before = new Map([
    ['order.placed.v1', eventSchema(event({ total: z.number(), note: z.string().optional() }))],
  ]);

  it('is published anew when it has an optional field more', () => {
    const wider = event({
      total: z.number(),
      note: z.string().optional(),
      by: z.uuid().optional(),
    });
    expect(publishingProblems(before, [wider])).toEqual([]);
  });

  it('is refused without one of its fields, which is named, and so is the way out', () => {
    expect(publishingProblems(before, [event({ note: z.string().optional() })])).toEqual([
      'order.placed.v1: data.total: has been removed. Publish order.placed.v2 instead (docs/events.md).',
    ]);
  });

  it('is not forgotten', () => {
    expect(publishingProblems(before, [])).toEqual([
      expect.stringMatching(/^order\.placed\.v1 is published, but not in the catalogue/),
    ]);
  });
});

describe('the page', () => {
  it('keeps what people wrote', () => {
    const written = page.replace(
      '## Names and versions',
      '## Names and versions\n\nWritten by hand.',
    );
    expect(contractFiles(written).get(EVENTS_PAGE)).toContain('Written by hand.');
  });

  it('is refused without a place for what is generated', () => {
    const lacking = page.replace('<!-- generated: envelope -->', '');
    expect(() => contractFiles(lacking)).toThrow("'<!-- generated: envelope -->'");
  });
});
