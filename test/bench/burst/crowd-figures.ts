import { percentile } from '../../support/percentiles.js';
import { median, round, type Latency } from '../measuring/statistics.js';
import type { Audit } from './audit.js';
import type { Kind, PersonRecord } from './person.js';

export interface CrowdFigures {
  readonly people: number;
  /** Those who did not leave. */
  readonly stayed: number;
  readonly finished: number;
  /** Answers that were neither 201 nor 503 with `Retry-After`. */
  readonly others: number;
  /** From the first that came until the last had its account. */
  readonly lastSeconds: number;
  /** That, divided by the time that as many take at the steady rate. */
  readonly lastToIdeal: number;
  /** Sign-ups in a second while the crowd came, divided by the steady rate. */
  readonly crowdRate: number;
  /** Requests of those who keep to the protocol. */
  readonly postsEach: number;
  /** 99th percentile of how far anybody was served from their place, as a share of the line. */
  readonly orderError: number;
  /** Median of how wrong the first turn was, as a share of the wait. */
  readonly firstTurnError: number;
  /** Median wait in seconds, by how people wait. */
  readonly waits: Partial<Record<Kind, number>>;
  /** People who had their account by each second. */
  readonly served: readonly number[];
}

/** One crowd, measured. */
export interface CrowdSample extends CrowdFigures, Audit {
  readonly latestSendMs: number;
  readonly logIns: Latency & { readonly others: number };
}

export function crowdFigures(
  records: readonly PersonRecord[],
  { startedAt, crowdSeconds, steady }: { startedAt: number; crowdSeconds: number; steady: number },
): CrowdFigures {
  const stayed = records.filter(({ hasLeft }) => !hasLeft);
  const finished = stayed
    .filter((record): record is Finished => record.doneAt !== undefined)
    .toSorted((a, b) => a.arrivedAt - b.arrivedAt);
  const lastSeconds = (Math.max(...finished.map(({ doneAt }) => doneAt)) - startedAt) / 1_000;
  const inCrowd = finished.filter(({ doneAt }) => doneAt <= startedAt + crowdSeconds * 1_000);
  const pages = finished.filter(({ kind }) => kind === 'page');
  const kinds = [...new Set(finished.map(({ kind }) => kind))];
  return {
    people: records.length,
    stayed: stayed.length,
    finished: finished.length,
    others: records.reduce((sum, record) => sum + record.others, 0),
    lastSeconds: round(lastSeconds),
    lastToIdeal: round(lastSeconds / (stayed.length / steady)),
    crowdRate: round(inCrowd.length / crowdSeconds / steady),
    postsEach: round(pages.reduce((sum, { posts }) => sum + posts, 0) / pages.length),
    orderError: round(orderError(finished)),
    firstTurnError: round(median(pages.flatMap(turnError))),
    waits: Object.fromEntries(
      kinds.map((kind) => [kind, round(median(finished.filter(isOf(kind)).map(waitOf)) / 1_000)]),
    ),
    served: servedBySecond(finished, startedAt, lastSeconds),
  };
}

type Finished = PersonRecord & { readonly doneAt: number };

const isOf = (wanted: Kind) => (record: PersonRecord) => record.kind === wanted;
const waitOf = ({ arrivedAt, doneAt }: Finished) => doneAt - arrivedAt;

/** @param finished by arrival */
function orderError(finished: readonly Finished[]): number {
  const served = new Map(
    finished.toSorted((a, b) => a.doneAt - b.doneAt).map((record, index) => [record, index]),
  );
  const distances = finished.map((record, index) => Math.abs(served.get(record)! - index));
  return percentile(distances, 0.99) / finished.length;
}

const turnError = (record: Finished) =>
  record.firstTurnAt === undefined
    ? []
    : [Math.abs(record.doneAt - record.firstTurnAt) / waitOf(record)];

function servedBySecond(finished: readonly Finished[], startedAt: number, seconds: number) {
  const counts = Array.from({ length: Math.ceil(seconds) + 1 }, () => 0);
  for (const { doneAt } of finished) counts[Math.ceil((doneAt - startedAt) / 1_000)]!++;
  let sum = 0;
  return counts.map((count) => (sum += count));
}
