import { parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { groupByPerson, hashOf, type DataSet } from './data-set.js';

const taggedItem = z.object({ id: z.string(), tags: z.array(z.string()) });
const interaction = z.object({ user: z.string(), item: z.string() });

/**
 * Data of one's own: a CSV file with the columns `user` and `item`, and a JSON Lines file of `id` and `tags`.
 * @throws Error naming the file and the field that is wrong
 */
export function readFiles(interactionsPath: string, itemsPath: string): DataSet {
  const interactionsText = readFileSync(interactionsPath, 'utf8');
  const itemsText = readFileSync(itemsPath, 'utf8');
  const rows: unknown[] = parse(interactionsText, { columns: true, bom: true });
  const pairs = rows.map((row, i) => check(interaction, row, `${interactionsPath}, row ${i + 1}`));
  const items = itemsText
    .split('\n')
    .map((line, i) => ({ line, place: `${itemsPath}, line ${i + 1}` }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, place }) => check(taggedItem, parseJson(line, place), place));
  return {
    name: basename(interactionsPath),
    hash: hashOf(interactionsText, itemsText),
    items,
    taken: groupByPerson(pairs.map(({ user, item }) => [user, item])),
  };
}

function parseJson(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`${place}: ${(error as Error).message}`, { cause: error });
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`${place}: ${z.prettifyError(parsed.error)}`);
}
