import type { BenchOptions } from '../bench.js';
import { measureRounds } from '../measuring/rounds.js';
import { usherLoad, type SignUpSample } from '../signup/sign-up-load.js';
import type { BenchStack } from '../stack/bench-stack.js';

const WARM_UP_SECONDS = 3;

/** All of the load comes from one address and to one domain: so much that neither is used up. */
const PLENTY = '1000000/1h';
const ON = {
  CHALLENGE: 'altcha',
  MAIL_BUDGET_MAILBOX: '3/1h',
  MAIL_BUDGET_NETWORK: PLENTY,
  MAIL_BUDGET_DOMAIN: PLENTY,
  MAIL_BUDGET_TOTAL: PLENTY,
};

export interface BudgetSamples {
  readonly off: readonly SignUpSample[];
  readonly on: readonly SignUpSample[];
}

/** The same load of sign-ups without budgets, and with all four and the challenge. */
export function budgetLoads(
  stack: BenchStack,
  { rounds, seconds }: BenchOptions,
  say: (line: string) => void,
): Promise<BudgetSamples> {
  const load = async (settings: Record<string, string>) => {
    await stack.reset();
    await stack.start('api', settings);
    const options = { url: stack.url, pids: {} };
    await usherLoad({ ...options, seconds: WARM_UP_SECONDS });
    const sample = await usherLoad({ ...options, seconds });
    await stack.stop('api');
    return sample;
  };
  const contenders = { off: () => load({}), on: () => load(ON) };
  return measureRounds(contenders, rounds, (line) => say(`budgets: ${line}`));
}
