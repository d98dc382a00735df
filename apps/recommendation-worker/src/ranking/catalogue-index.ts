import { contentTerm } from './score.js';
import type { SegmentData } from './segment-data.js';
import { Segment, type TagWeights } from './segment.js';

/** What an index is made of. */
export interface IndexParts {
  /** The catalogue's version that it shows. */
  readonly version: number;
  readonly base: SegmentData;
  /** Items that are new or have changed since the base was built; they replace those of the same id. */
  readonly changes?: SegmentData | undefined;
  /** How many people with each tag have opened anything. */
  readonly peopleWithTag: ReadonlyMap<string, number>;
}

/** The catalogue as it was at one version, ready to be ranked. */
export class CatalogueIndex {
  readonly version: number;
  readonly segments: readonly Segment[];
  /** How many items there are. */
  readonly size: number;
  private readonly replaced = new Map<string, number>();
  private readonly peopleWithTag: ReadonlyMap<string, number>;

  constructor({ version, base, changes, peopleWithTag }: IndexParts) {
    const segments = [base, changes].filter((data) => data !== undefined);
    this.version = version;
    this.segments = segments.map((data) => new Segment(data));
    this.size = base.size + (changes?.size ?? 0) - this.hideReplaced();
    this.peopleWithTag = peopleWithTag;
  }

  /** The terms of those of the tags that some item carries, the same whatever the order of the tags. */
  weightsOf(tags: Iterable<string>): TagWeights {
    const weights = new Map<string, number>();
    for (const tag of [...new Set(tags)].toSorted()) {
      const items = this.itemsWith(tag);
      const people = this.peopleWithTag.get(tag) ?? 0;
      if (items > 0) weights.set(tag, contentTerm(this.size, items, people));
    }
    return weights;
  }

  private itemsWith(tag: string): number {
    const carried = this.segments.reduce((sum, segment) => sum + segment.countWith(tag), 0);
    return carried - (this.replaced.get(tag) ?? 0);
  }

  /** Answers how many items of the base have a newer version among the changes. */
  private hideReplaced(): number {
    const [base, changes] = this.segments;
    let hidden = 0;
    for (let document = 0; document < (changes?.data.size ?? 0); document++) {
      const tags = base!.hide(changes!.idOf(document));
      if (!tags) continue;
      hidden++;
      for (const tag of tags) this.replaced.set(tag, (this.replaced.get(tag) ?? 0) + 1);
    }
    return hidden;
  }
}
