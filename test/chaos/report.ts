import { table } from '../../tools/usher-cli/src/table.js';
import type { Audit } from './auditor.js';
import type { AcceptedSignUp } from './load.js';
import { percentiles, type Percentiles } from '../support/percentiles.js';

/** What happened in a run, beside what the auditor found. */
export interface Run {
  readonly asked: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly latency: Latency;
  readonly seconds: number;
}

/** In milliseconds. */
export interface Latency {
  readonly answer: Percentiles;
  /** From the first try on, with all repetitions. */
  readonly untilAccepted: Percentiles;
}

const SHOWN_PROBLEMS = 20;

export function measure(accepted: readonly AcceptedSignUp[]): Latency {
  return {
    answer: percentiles(accepted.map(({ answerMs }) => answerMs)),
    untilAccepted: percentiles(accepted.map(({ acceptedAfterMs }) => acceptedAfterMs)),
  };
}

/** The one table of a run, and its verdict. */
export function describe(audit: Audit, { asked, faults, latency, seconds }: Run): string {
  const rows = [
    ['accepted', `${audit.accepted} of ${asked}`],
    ['users', `${audit.users}`],
    ['events', `${audit.events} published, ${audit.resends} sent again by the reconciler`],
    ...Object.entries(audit.done).map(([consumer, count]) => [`done: ${consumer}`, `${count}`]),
    ['failed as expected (550)', `${audit.failedAsExpected}`],
    ['lost', `${audit.lost}`],
    ['without an outcome', `${audit.unsettled}`],
    ['duplicate database effects', `${audit.duplicateEffects}`],
    ['possible duplicate mails', `${audit.possibleDuplicateMails}`],
    ['actual duplicate mails', `${audit.actualDuplicateMails}`],
    ['left in queues', `${audit.leftInQueues}`],
    ['dead letters', list(audit.deadLetters)],
    ['faults', list(faults)],
    ['sign-up, p50 / p99', both(latency.answer)],
    ['until accepted, p50 / p99', both(latency.untilAccepted)],
    ['duration', `${seconds.toFixed(0)} s`],
  ];
  const shown = audit.problems.slice(0, SHOWN_PROBLEMS);
  const more = audit.problems.length - shown.length;
  return [
    table(rows),
    '',
    ...shown.map((problem) => `- ${problem}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
    audit.problems.length === 0 ? 'PASSED' : `FAILED: ${audit.problems.length} problems`,
  ].join('\n');
}

const both = ({ p50, p99 }: Percentiles) => `${p50.toFixed(0)} ms / ${p99.toFixed(0)} ms`;

const list = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';
