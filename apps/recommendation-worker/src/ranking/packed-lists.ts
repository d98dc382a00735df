type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Many lists in one array: where each ends, and so where the next begins. */
export interface PackedLists<A extends Numbers> {
  readonly values: A;
  readonly ends: Uint32Array<ArrayBuffer>;
}

/** The entries of one list; none of one that is not there. */
export function listAt<A extends Numbers>(
  { values, ends }: PackedLists<A>,
  position: number | undefined,
): A {
  if (position === undefined) return values.subarray(0, 0) as A;
  return values.subarray(position === 0 ? 0 : ends[position - 1], ends[position]) as A;
}

/** The same lists in another order. */
export function reorderLists<A extends Numbers>(
  { values: from, ends: fromEnds }: PackedLists<A>,
  order: Uint32Array,
): PackedLists<A> {
  const values = new (from.constructor as new (length: number) => A)(fromEnds.at(-1) ?? 0);
  const ends = new Uint32Array(order.length);
  let end = 0;
  for (let position = 0; position < order.length; position++) {
    const list = order[position]!;
    const stop = fromEnds[list]!;
    // Value by value: lists are short, and a view of each would take longer than to copy it.
    for (let i = list === 0 ? 0 : fromEnds[list - 1]!; i < stop; i++) values[end++] = from[i]!;
    ends[position] = end;
  }
  return { values, ends };
}

/** Turns "the tags of each document" into "the documents of each tag", ascending. */
export function invert(
  { values, ends }: PackedLists<Uint16Array<ArrayBuffer>>,
  names: number,
): PackedLists<Uint32Array<ArrayBuffer>> {
  const counts = new Uint32Array(names);
  const total = ends.at(-1) ?? 0;
  for (let i = 0; i < total; i++) counts[values[i]!]!++;
  const next = new Uint32Array(names);
  for (let name = 1; name < names; name++) next[name] = next[name - 1]! + counts[name - 1]!;
  const inverted = new Uint32Array(total);
  for (let document = 0, i = 0; document < ends.length; document++) {
    for (; i < ends[document]!; i++) inverted[next[values[i]!]!++] = document;
  }
  // What was the place of the next entry is now the end of the list.
  return { values: inverted, ends: next };
}
