import { table } from '../../tools/usher-cli/src/table.js';
import type { Equivalence } from './check-against-sql.js';
import type { DataSet } from './data-set.js';
import type { Evaluation } from './evaluate.js';

/** The table of one data set. */
export function describe(dataSet: DataSet, { people, results }: Evaluation, seed: number): string {
  const taken = [...dataSet.taken.values()].reduce((sum, items) => sum + items.length, 0);
  return [
    `${dataSet.name}: ${dataSet.items.length} items, ${people} of ${dataSet.taken.size} people measured, ` +
      `${taken} choices; data ${dataSet.hash}, seed ${seed}`,
    '',
    table([
      [
        'method',
        'NDCG@10',
        'difference to popularity (95 %)',
        'recall@10',
        'MRR',
        'hit rate',
        'coverage',
        'diversity',
      ],
      ...results.map((result) => [
        result.method,
        digits(result.ndcg),
        `${result.gain.difference < 0 ? '' : '+'}${digits(result.gain.difference)} ± ${digits(result.gain.margin)}`,
        digits(result.recall),
        digits(result.mrr),
        digits(result.hitRate),
        digits(result.coverage),
        digits(result.diversity),
      ]),
    ]),
  ].join('\n');
}

const digits = (value: number) => value.toFixed(4);

export const describeEquivalence = ({ questions, different, first }: Equivalence): string =>
  different === 0
    ? `SQL gives the same hundred, with the same scores to the billionth, for ${questions} random questions.`
    : `SQL DIFFERS for ${different} of ${questions} random questions, first for ${JSON.stringify(first)}.`;
