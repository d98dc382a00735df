import { hash } from './hash.js';

/** At most half of the slots are taken, so that a search ends soon. */
const SLOTS_PER_DOCUMENT = 2;

/**
 * Finds a document by its id: an open-addressing hash table with linear probing, in one typed array where
 * a map of strings would take a hundred bytes a document. A slot holds document + 1; 0 is empty.
 */
export class DocumentTable {
  constructor(
    readonly slots: Uint32Array<ArrayBuffer>,
    private readonly idOf: (document: number) => string,
  ) {}

  static build(hashes: Uint32Array, idOf: (document: number) => string): DocumentTable {
    const size = 2 ** Math.ceil(Math.log2(Math.max(1, hashes.length) * SLOTS_PER_DOCUMENT));
    const slots = new Uint32Array(size);
    for (let document = 0; document < hashes.length; document++) {
      let slot = hashes[document]! & (size - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      slots[slot] = document + 1;
    }
    return new DocumentTable(slots, idOf);
  }

  /** The number of the document, or undefined when there is none of this id. */
  find(id: string): number | undefined {
    const mask = this.slots.length - 1;
    for (let slot = hash(id) & mask; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      const document = this.slots[slot]! - 1;
      if (this.idOf(document) === id) return document;
    }
    return undefined;
  }
}
