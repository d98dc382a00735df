import type { DataSet } from './data-set.js';
import { evaluate } from './evaluate.js';
import { readFiles } from './files.js';
import { readMovieLens } from './movielens.js';
import { describe, describeEquivalence } from './report.js';
import { checkAgainstSql } from './check-against-sql.js';
import { readArguments } from '../support/read-arguments.js';

const USAGE = `npm run eval:recommendations -- [--interactions file.csv --items file.jsonl] [--seed 42] [--json]`;
const SKIPPED = 3;

const { values } = readArguments(
  {
    options: {
      interactions: { type: 'string' },
      items: { type: 'string' },
      seed: { type: 'string', default: '42' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  },
  USAGE,
);
const seed = Number(values.seed);
const isPair = (values.interactions === undefined) === (values.items === undefined);
if (values.help || !isPair || !Number.isInteger(seed)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

const dataSets: DataSet[] = [
  ...(values.interactions && values.items ? [readFiles(values.interactions, values.items)] : []),
  ...[readMovieLens()].filter((found) => found !== undefined),
];
for (const dataSet of dataSets) {
  const evaluation = evaluate(dataSet, seed);
  const equivalence = await checkAgainstSql(dataSet, seed);
  const { name, hash } = dataSet;
  const result = { dataSet: name, hash, seed, ...evaluation, equivalence };
  const text = `${describe(dataSet, evaluation, seed)}\n\n${describeEquivalence(equivalence)}\n`;
  console.log(values.json ? JSON.stringify(result) : text);
  if (equivalence.different > 0) process.exitCode = 1;
}
if (dataSets.length === 0) {
  console.log(
    'skipped: there is no data set here. Install r-cran-dslabs (Debian), or give your own files:',
  );
  console.log(USAGE);
  process.exitCode = SKIPPED;
}
