import { describe } from './line/line.simulation.js';
import { scenarios } from './line/scenarios.js';
import { simulate } from './line/simulation.js';
import { readArguments } from '../support/read-arguments.js';

const USAGE = `npm run simulate -- line [--only <part of a name>] [--seed 1] [--json]`;

const { values, positionals } = readArguments(
  {
    allowPositionals: true,
    options: {
      only: { type: 'string', default: '' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  },
  USAGE,
);
const seed = Number(values.seed);
const chosen = scenarios.filter(({ name }) => name.includes(values.only));
if (positionals.join() !== 'line' || !Number.isInteger(seed) || chosen.length === 0) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  const results = chosen.map((scenario) => {
    const startedAt = performance.now();
    const figures = simulate(scenario, seed);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    process.stderr.write(`${scenario.name}: ${seconds} s\n`);
    return [scenario, figures] as const;
  });
  console.log(
    values.json
      ? JSON.stringify(Object.fromEntries(results.map(([s, f]) => [s.name, f])))
      : describe(results),
  );
}
