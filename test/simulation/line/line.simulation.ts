import { table } from '../../../tools/usher-cli/src/table.js';
import type { Figures } from './figures.js';
import type { Scenario } from './scenario.js';

const HEAD = [
  '',
  'people',
  'finish',
  'last s',
  'last ÷ ideal',
  'POSTs each',
  'order p99 %',
  'first turn %',
  'Retry-After ×',
  'hammers ×',
  'elsewhere ÷ ideal',
];

/** A row for each scenario. */
export function describe(results: readonly (readonly [Scenario, Figures])[]): string {
  return table([HEAD, ...results.map(([scenario, figures]) => rowOf(scenario, figures))]);
}

function rowOf({ name }: Scenario, figures: Figures): string[] {
  const fixed = (value: number, digits = 2) => (Number.isNaN(value) ? '' : value.toFixed(digits));
  return [
    name,
    String(figures.stay),
    `${fixed((100 * figures.finish) / figures.stay, 1)} %`,
    fixed(figures.lastSeconds, 0),
    fixed(figures.lastToIdeal),
    fixed(figures.postsEach),
    fixed(100 * figures.orderError, 1),
    fixed(100 * figures.firstTurnError, 1),
    fixed(figures.retryAfterToPage),
    fixed(figures.hammersToPage),
    fixed(figures.elsewhereToIdeal),
  ];
}
