import { offeredTo, type Audience } from './availability.js';
import type { CatalogueIndex } from './catalogue-index.js';
import { hash } from './hash.js';
import type { Segment, TagWeights } from './segment.js';
import type { Candidate } from './top-list.js';

/**
 * A new item that nobody has opened yet, of the person's interests: without a chance now and then it would
 * never be known. Which one depends on the key alone, so the same person gets the same one again.
 */
export function pickNew(
  index: CatalogueIndex,
  weights: TagWeights,
  audience: Audience,
  key: string,
  isListed: (id: string) => boolean,
): Candidate<Segment> | undefined {
  let picked: { candidate: Candidate<Segment>; lot: number } | undefined;
  for (const segment of index.segments) {
    const isOffered = offeredTo(audience, segment.data);
    const contentOf = segment.contentFor(weights);
    for (const document of segment.data.newDocuments) {
      const content = contentOf(document);
      if (content === 0 || segment.isHidden(document) || !isOffered(document)) continue;
      const id = segment.idOf(document);
      const lot = hash(`${key} ${id}`);
      if (isListed(id) || (picked && lot >= picked.lot)) continue;
      // Nobody has opened it, so nothing but prior and content is in its score.
      const score = segment.data.priors[document]! + content;
      const candidate = { segment, document, id, score, tieBreak: segment.data.hashes[document]! };
      picked = { candidate, lot };
    }
  }
  return picked?.candidate;
}
