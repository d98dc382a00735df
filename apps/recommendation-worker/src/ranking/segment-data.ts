import type { PackedLists } from './packed-lists.js';

/**
 * A part of the catalogue as typed arrays. Documents are numbered by falling prior, then by the hash of
 * their id, so a scan meets the most promising ones first. It goes from thread to thread without a copy.
 */
export interface SegmentData {
  readonly size: number;
  /** People who had opened anything when it was built. */
  readonly people: number;
  /** UTF-8. */
  readonly ids: PackedLists<Uint8Array<ArrayBuffer>>;
  /** The slots of a `DocumentTable`. */
  readonly idSlots: Uint32Array<ArrayBuffer>;
  readonly hashes: Uint32Array<ArrayBuffer>;
  /** In billionths, as every score. */
  readonly priors: Float64Array<ArrayBuffer>;
  /** Positions in `languageNames` and in `countrySets`. */
  readonly languages: Uint16Array<ArrayBuffer>;
  readonly countries: Uint32Array<ArrayBuffer>;
  /** The tags of each document, as positions in `tagNames`, ascending. */
  readonly tags: PackedLists<Uint16Array<ArrayBuffer>>;
  /** As many tags has the document that has the most. */
  readonly maxTags: number;
  /** The documents of each tag, ascending. */
  readonly postings: PackedLists<Uint32Array<ArrayBuffer>>;
  /** What people with each tag have opened, whether it carries the tag or not, and the terms of that. */
  readonly liftedDocuments: PackedLists<Uint32Array<ArrayBuffer>>;
  readonly liftTerms: PackedLists<Float64Array<ArrayBuffer>>;
  /** A sample of the new documents, {@link MAX_NEW} at most. */
  readonly newDocuments: Uint32Array<ArrayBuffer>;
  readonly tagNames: readonly string[];
  readonly languageNames: readonly string[];
  /** None means everywhere. */
  readonly countrySets: readonly (readonly string[])[];
}

/** New documents that a segment keeps at hand for exploration. */
export const MAX_NEW = 1_000;

/** The memory of a segment, to be handed over to another thread. */
export function buffersOf(data: SegmentData): ArrayBuffer[] {
  const arrays = Object.values(data).flatMap((value: unknown) =>
    ArrayBuffer.isView(value)
      ? [value]
      : Object.values(value as object).filter((part) => ArrayBuffer.isView(part)),
  );
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}
