import { freePort } from '../../../tools/embedded-stack/src/free-port.js';
import type { BenchOptions } from '../bench.js';
import { measureRounds } from '../measuring/rounds.js';
import { usherLoad, type SignUpSample } from '../signup/sign-up-load.js';
import type { BenchStack } from '../stack/bench-stack.js';

/** Until V8 has compiled what is hot; two starts differ by more than what is measured, so each runs through. */
const WARM_UP_SECONDS = 30;

/** All of the load comes from one address and to one domain: budgets too large to be used up. */
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
export async function budgetLoads(
  stack: BenchStack,
  { rounds, seconds }: BenchOptions,
  say: (line: string) => void,
): Promise<BudgetSamples> {
  const port = await freePort();
  await stack.reset();
  await stack.start('api');
  await stack.start('api', { ...ON, HTTP_PORT: String(port) }, 'api with budgets');
  const urls = { off: stack.url, on: `http://127.0.0.1:${port}` };
  const load = async (url: string, duration: number) => {
    await stack.reset();
    return usherLoad({ url, pids: {}, seconds: duration });
  };
  for (const url of Object.values(urls)) await load(url, WARM_UP_SECONDS);
  const contenders = { off: () => load(urls.off, seconds), on: () => load(urls.on, seconds) };
  const samples = await measureRounds(contenders, rounds, (line) => say(`budgets: ${line}`));
  for (const name of ['api', 'api with budgets']) await stack.stop(name);
  return samples;
}
