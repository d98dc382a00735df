import { createHash } from 'node:crypto';

/** Who took what, and what the things are about. */
export interface DataSet {
  readonly name: string;
  /** Of the data as it was read. */
  readonly hash: string;
  readonly items: readonly TaggedItem[];
  /** What each person took, each thing once. */
  readonly taken: ReadonlyMap<string, readonly string[]>;
}

export interface TaggedItem {
  readonly id: string;
  readonly tags: readonly string[];
}

/** The first 16 hexadecimal digits of SHA-256. */
export function hashOf(...texts: readonly string[]): string {
  const digest = createHash('sha256');
  for (const text of texts) digest.update(text);
  return digest.digest('hex').slice(0, 16);
}

export function groupByPerson(pairs: Iterable<readonly [person: string, item: string]>) {
  const taken = new Map<string, Set<string>>();
  for (const [person, item] of pairs) {
    const items = taken.get(person) ?? new Set();
    taken.set(person, items.add(item));
  }
  return new Map([...taken].map(([person, items]) => [person, [...items]]));
}
