import { DocumentTable } from './document-table.js';
import { hash } from './hash.js';
import { CatalogueTooLargeError, Interner } from './interner.js';
import { invert, listAt, reorderLists, type PackedLists } from './packed-lists.js';
import { liftTerm, priorTerm, probability } from './score.js';
import { MAX_NEW, type SegmentData } from './segment-data.js';

/** What the ranking needs to know of an item. */
export interface Item {
  readonly id: string;
  readonly tags: readonly string[];
  readonly language: string;
  /** ISO 3166-1 alpha-2; none means everywhere. */
  readonly countries: readonly string[];
  /** How widely liked it is by itself, between 0 and 1; 0.5 when nothing is known. */
  readonly popularity: number;
  /** How many people have opened it. */
  readonly openedBy: number;
  /** Nobody knows it yet: it may take the slot for exploration. */
  readonly isNew: boolean;
}

/** How many people with this tag have opened this item. */
export interface Affinity {
  readonly tag: string;
  readonly itemId: string;
  readonly people: number;
}

/** How large a segment will be, so that its memory is taken once. */
export interface SegmentSize {
  readonly items: number;
  /** Of all items together. */
  readonly tags: number;
  /** Of all ids together, in UTF-8. */
  readonly idBytes: number;
}

/** What one worker holds at most; a million items of three tags take about 60 MB. */
const LIMITS = { items: 2_000_000, tags: 16_000_000, idBytes: 200_000_000 };
const MAX_DIFFERENT_TAGS = 65_535;
const MAX_LANGUAGES = 1_000;
const MAX_COUNTRY_SETS = 10_000;

/** Takes items in any order and lays them out for searching. */
export class SegmentBuilder {
  private readonly tagNames = new Interner('different tags', MAX_DIFFERENT_TAGS);
  private readonly languageNames = new Interner('languages', MAX_LANGUAGES);
  private readonly countrySets = new Interner('different sets of countries', MAX_COUNTRY_SETS);
  private readonly ids: PackedLists<Uint8Array<ArrayBuffer>>;
  private readonly tags: PackedLists<Uint16Array<ArrayBuffer>>;
  private readonly hashes: Uint32Array<ArrayBuffer>;
  private readonly probabilities: Float64Array<ArrayBuffer>;
  private readonly languages: Uint16Array<ArrayBuffer>;
  private readonly countries: Uint32Array<ArrayBuffer>;
  private readonly isNew: Uint8Array<ArrayBuffer>;
  private readonly encoder = new TextEncoder();
  private count = 0;
  private maxTags = 0;

  /** @param people who have opened anything @throws CatalogueTooLargeError */
  constructor(
    size: SegmentSize,
    private readonly people: number,
  ) {
    if (size.items > LIMITS.items) throw new CatalogueTooLargeError('items', LIMITS.items);
    if (size.tags > LIMITS.tags) throw new CatalogueTooLargeError('tags on items', LIMITS.tags);
    if (size.idBytes > LIMITS.idBytes)
      throw new CatalogueTooLargeError('bytes of ids', LIMITS.idBytes);
    this.ids = { values: new Uint8Array(size.idBytes), ends: new Uint32Array(size.items) };
    this.tags = { values: new Uint16Array(size.tags), ends: new Uint32Array(size.items) };
    this.hashes = new Uint32Array(size.items);
    this.probabilities = new Float64Array(size.items);
    this.languages = new Uint16Array(size.items);
    this.countries = new Uint32Array(size.items);
    this.isNew = new Uint8Array(size.items);
  }

  /** @throws CatalogueTooLargeError */
  add(item: Item): void {
    const position = this.count++;
    const numbers = Uint16Array.from(new Set(item.tags), (tag) => this.tagNames.numberOf(tag));
    append(this.tags, position, numbers.toSorted());
    this.maxTags = Math.max(this.maxTags, numbers.length);
    append(this.ids, position, this.encoder.encode(item.id));
    this.hashes[position] = hash(item.id);
    this.probabilities[position] = probability(item.popularity, item.openedBy, this.people);
    this.languages[position] = this.languageNames.numberOf(item.language);
    this.countries[position] = this.countrySets.numberOf(item.countries.toSorted().join(' '));
    this.isNew[position] = Number(item.isNew);
  }

  /** @throws CatalogueTooLargeError, Error when not as many items were added as announced */
  finish(affinities: readonly Affinity[]): SegmentData {
    if (this.count !== this.hashes.length)
      throw new Error(`${this.count} items instead of ${this.hashes.length}`);
    const priors = this.probabilities.map(priorTerm);
    const order = this.orderBy(priors);
    const ids = reorderLists(this.ids, order);
    const hashes = reorder(this.hashes, order);
    const decoder = new TextDecoder();
    const table = DocumentTable.build(hashes, (document) => decoder.decode(listAt(ids, document)));
    const lifts = this.lifts(affinities, table, reorder(this.probabilities, order));
    const tags = reorderLists(this.tags, order);
    const isNew = reorder(this.isNew, order);
    return {
      size: this.count,
      people: this.people,
      ids,
      idSlots: table.slots,
      hashes,
      priors: reorder(priors, order),
      languages: reorder(this.languages, order),
      countries: reorder(this.countries, order),
      tags,
      maxTags: this.maxTags,
      ...lifts,
      postings: invert(tags, this.tagNames.size),
      newDocuments: sampleOf(isNew, hashes),
      tagNames: this.tagNames.names,
      languageNames: this.languageNames.names,
      countrySets: this.countrySets.names.map((set) => (set === '' ? [] : set.split(' '))),
    };
  }

  private orderBy(priors: Float64Array): Uint32Array {
    const { hashes, ids } = this;
    return hashes
      .map((_, i) => i)
      .toSorted(
        (a, b) =>
          priors[b]! - priors[a]! ||
          hashes[a]! - hashes[b]! ||
          Buffer.compare(listAt(ids, a), listAt(ids, b)),
      );
  }

  /** Of items that are in this segment. */
  private lifts(
    affinities: readonly Affinity[],
    table: DocumentTable,
    probabilities: Float64Array,
  ): Pick<SegmentData, 'liftedDocuments' | 'liftTerms'> {
    const found = affinities
      .map(({ tag, itemId, people }) => ({ tag, document: table.find(itemId), people }))
      .filter((lift): lift is typeof lift & { document: number } => lift.document !== undefined)
      .map((lift) => ({ ...lift, tag: this.tagNames.numberOf(lift.tag) }))
      .toSorted((a, b) => a.tag - b.tag || a.document - b.document);
    const ends = new Uint32Array(this.tagNames.size);
    for (const { tag } of found) ends[tag]!++;
    for (let tag = 1; tag < ends.length; tag++) ends[tag]! += ends[tag - 1]!;
    const terms = found.map(({ document, people }) => liftTerm(people, probabilities[document]!));
    return {
      liftedDocuments: { values: Uint32Array.from(found, ({ document }) => document), ends },
      liftTerms: { values: Float64Array.from(terms), ends },
    };
  }
}

function append<A extends Uint8Array | Uint16Array>(
  { values, ends }: PackedLists<A>,
  position: number,
  list: A,
): void {
  const start = position === 0 ? 0 : ends[position - 1]!;
  values.set(list, start);
  ends[position] = start + list.length;
}

function reorder<A extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  values: A,
  order: Uint32Array,
): A {
  const reordered = new (values.constructor as new (length: number) => A)(order.length);
  for (let i = 0; i < order.length; i++) reordered[i] = values[order[i]!]!;
  return reordered;
}

/** More than there are documents: what is multiplied by it can be told from a document that is added. */
const PAST_DOCUMENTS = 2 ** 21;

/** Those with the smallest hashes, which is as good as a random sample and always the same one. */
function sampleOf(isNew: Uint8Array, hashes: Uint32Array): Uint32Array<ArrayBuffer> {
  // Hash and document in one number, since numbers are sorted many times faster than by a comparison.
  const keys = new Float64Array(hashes.length);
  let count = 0;
  for (let document = 0; document < hashes.length; document++) {
    if (isNew[document] === 1) keys[count++] = hashes[document]! * PAST_DOCUMENTS + document;
  }
  const sample = keys.subarray(0, count).toSorted().subarray(0, MAX_NEW);
  return Uint32Array.from(sample, (key) => key % PAST_DOCUMENTS);
}

/** Builds a segment of items that are at hand. @throws CatalogueTooLargeError */
export function buildSegment(
  items: readonly Item[],
  affinities: readonly Affinity[] = [],
  people = 0,
): SegmentData {
  const size = {
    items: items.length,
    tags: items.reduce((sum, { tags }) => sum + tags.length, 0),
    idBytes: items.reduce((sum, { id }) => sum + Buffer.byteLength(id), 0),
  };
  const builder = new SegmentBuilder(size, people);
  for (const item of items) builder.add(item);
  return builder.finish(affinities);
}
