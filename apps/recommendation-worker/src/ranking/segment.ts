import { DocumentTable } from './document-table.js';
import { listAt } from './packed-lists.js';
import type { SegmentData } from './segment-data.js';
import type { TopList } from './top-list.js';

/** Documents that are scored at a time: their scores stay in the first-level cache of the processor. */
const BLOCK = 4_096;

/** The terms of the tags that are searched for, in billionths. */
export type TagWeights = ReadonlyMap<string, number>;

/** A part of the catalogue that can be searched; see {@link SegmentData}. */
export class Segment {
  private readonly tagNumbers: ReadonlyMap<string, number>;
  private readonly table: DocumentTable;
  private readonly decoder = new TextDecoder();
  private readonly hidden: Uint8Array;

  constructor(readonly data: SegmentData) {
    this.tagNumbers = new Map(data.tagNames.map((name, number) => [name, number]));
    this.table = new DocumentTable(data.idSlots, (document) => this.idOf(document));
    this.hidden = new Uint8Array(data.size);
  }

  idOf(document: number): string {
    return this.decoder.decode(listAt(this.data.ids, document));
  }

  /** The numbers of its tags, ascending; they mean something within this segment only. */
  tagNumbersOf(document: number): Uint16Array {
    return listAt(this.data.tags, document);
  }

  tagsOf(document: number): string[] {
    return Array.from(this.tagNumbersOf(document), (number) => this.data.tagNames[number]!);
  }

  /** How many documents carry a tag, hidden ones included. */
  countWith(tag: string): number {
    return this.documentsWith(tag).length;
  }

  isHidden(document: number): boolean {
    return this.hidden[document] === 1;
  }

  /** Takes a document out of every search, as when another segment has a newer one; answers its tags. */
  hide(id: string): string[] | undefined {
    const document = this.table.find(id);
    if (document === undefined || this.isHidden(document)) return undefined;
    this.hidden[document] = 1;
    return this.tagsOf(document);
  }

  /** The sum of the content terms of any document, for these tags. */
  contentFor(weights: TagWeights): (document: number) => number {
    const { values, ends } = this.data.tags;
    const terms = new Map<number, number>();
    for (const [tag, weight] of weights) {
      const number = this.tagNumbers.get(tag);
      if (number !== undefined) terms.set(number, weight);
    }
    return (document) => {
      let sum = 0;
      for (let i = document === 0 ? 0 : ends[document - 1]!; i < ends[document]!; i++) {
        sum += terms.get(values[i]!) ?? 0;
      }
      return sum;
    };
  }

  /** What people with this tag add to documents by what they have opened. */
  liftsOf(tag: string): { documents: Uint32Array; terms: Float64Array } {
    const number = this.tagNumbers.get(tag);
    return {
      documents: listAt(this.data.liftedDocuments, number),
      terms: listAt(this.data.liftTerms, number),
    };
  }

  /** What people with this tag add to one document. */
  liftOf(tag: string, document: number): number {
    const { documents, terms } = this.liftsOf(tag);
    const position = documents.indexOf(document);
    return position < 0 ? 0 : terms[position]!;
  }

  /** Offers to `top` every document that is offered to the audience and belongs there. */
  search(
    weights: TagWeights,
    isOffered: (document: number) => boolean,
    top: TopList<Segment>,
  ): void {
    const lifted = this.sumLifts(weights);
    const contentOf = this.contentFor(weights);
    for (const [document, lift] of lifted) {
      if (this.isHidden(document) || !isOffered(document)) continue;
      this.offer(document, this.data.priors[document]! + contentOf(document) + lift, top);
    }
    const accept = (document: number) =>
      !this.isHidden(document) && isOffered(document) && !lifted.has(document);
    this.scan(weights, accept, top);
  }

  private sumLifts(weights: TagWeights): Map<number, number> {
    const sums = new Map<number, number>();
    for (const tag of weights.keys()) {
      const { documents, terms } = this.liftsOf(tag);
      documents.forEach((document, i) => sums.set(document, (sums.get(document) ?? 0) + terms[i]!));
    }
    return sums;
  }

  /**
   * Adds the tags' terms up, a block of documents at a time. Priors fall, and a tag's term is the same for
   * all its documents. So it ends where not even a document with the best of the tags could enter the list,
   * and from where the prior alone is not enough it looks only at documents with a tag.
   */
  private scan(
    weights: TagWeights,
    accept: (document: number) => boolean,
    top: TopList<Segment>,
  ): void {
    const { priors, hashes, size } = this.data;
    const lists = [...weights].map(([tag, term]) => new Postings(this.documentsWith(tag), term));
    const mostContent = this.mostContent(weights);
    const sums = new Float64Array(BLOCK);
    const all = new Uint32Array(BLOCK);
    for (let from = 0; from < size; from += BLOCK) {
      if (priors[from]! + mostContent < top.threshold) return;
      const to = Math.min(from + BLOCK, size);
      let entries = 0;
      for (const list of lists) entries += list.addTo(sums, from, to);
      // The first has the highest prior, and of those with the same prior the smallest hash.
      const isPriorEnough = top.admits(priors[from]!, hashes[from]!);
      if (isPriorEnough || entries > to - from) {
        this.consider(count(all, from, to), from, sums, accept, top);
      } else {
        for (const { block } of lists) this.consider(block, from, sums, accept, top);
      }
    }
  }

  /** The most that tags can add to one document, which has only so many. */
  private mostContent(weights: TagWeights): number {
    const falling = [...weights.values()].toSorted((a, b) => b - a);
    return falling.slice(0, this.data.maxTags).reduce((sum, weight) => sum + weight, 0);
  }

  /** Offers those of the documents that can enter the list, and forgets their sums. */
  private consider(
    documents: Uint32Array,
    from: number,
    sums: Float64Array,
    accept: (document: number) => boolean,
    top: TopList<Segment>,
  ): void {
    const { priors, hashes } = this.data;
    let { threshold } = top;
    for (let i = 0; i < documents.length; i++) {
      const document = documents[i]!;
      const score = priors[document]! + sums[document - from]!;
      sums[document - from] = 0;
      if (score < threshold || !top.admits(score, hashes[document]!) || !accept(document)) continue;
      this.offer(document, score, top);
      threshold = top.threshold;
    }
  }

  private offer(document: number, score: number, top: TopList<Segment>): void {
    const tieBreak = this.data.hashes[document]!;
    if (!top.admits(score, tieBreak)) return;
    top.offer({ segment: this, document, score, tieBreak, id: this.idOf(document) });
  }

  private documentsWith(tag: string): Uint32Array {
    return listAt(this.data.postings, this.tagNumbers.get(tag));
  }
}

/** The numbers from `from` up to `to`, written into `into`. */
function count(into: Uint32Array, from: number, to: number): Uint32Array {
  for (let number = from; number < to; number++) into[number - from] = number;
  return into.subarray(0, to - from);
}

/** The documents of one tag, taken block by block. */
class Postings {
  /** Those of the block that was taken last. */
  block: Uint32Array;
  private next = 0;

  constructor(
    private readonly documents: Uint32Array,
    readonly weight: number,
  ) {
    this.block = documents.subarray(0, 0);
  }

  /** Adds the term to the sums of the documents from `from` up to `to`, where the last block ended. Answers how many. */
  addTo(sums: Float64Array, from: number, to: number): number {
    const { documents, weight } = this;
    const first = this.next;
    let next = first;
    while (next < documents.length && documents[next]! < to) {
      sums[documents[next]! - from]! += weight;
      next++;
    }
    this.next = next;
    this.block = documents.subarray(first, next);
    return next - first;
  }
}
