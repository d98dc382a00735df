/** What holds from each version of RabbitMQ on, as in `{ '3.10': 'lost', '4.0': 'kept' }`. */
export type ByVersion<T> = Readonly<Record<string, T>>;

/** Of these, what holds for a server: the entry of the newest version that is no newer than the server. */
export function since<T>(server: string, byVersion: ByVersion<T>): T {
  const reached = Object.keys(byVersion)
    .filter((version) => compare(version, server) <= 0)
    .toSorted(compare);
  if (reached.length === 0) throw new Error(`nothing is said about RabbitMQ ${server}`);
  return byVersion[reached.at(-1)!]!;
}

const compare = (one: string, other: string): number =>
  one.localeCompare(other, 'en', { numeric: true });
