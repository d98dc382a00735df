import { table } from '../../../tools/usher-cli/src/table.js';
import type { Bench } from '../bench.js';
import { cells } from '../measuring/cells.js';
import { ratios, summarize } from '../measuring/statistics.js';
import { withBenchServers } from '../servers.js';
import { BenchStack } from '../stack/bench-stack.js';
import { budgetLoads, type BudgetSamples } from './budgets.js';
import { providerRates, RATE_PER_SECOND, type RateSample } from './provider-rate.js';
import { reportTimes, type ReportSample } from './reports.js';
import { senders, type SenderSamples } from './senders.js';

export const mail: Bench = {
  name: 'mail',
  measures:
    'mails/s beside nodemailer by hand; the provider’s rate; sign-ups with budgets; reports',
  run: (options, say) =>
    withBenchServers(async (servers) => {
      const stack = await BenchStack.open(servers, options.profiles);
      try {
        const reports = await reportTimes(options, say);
        const sent = await senders(servers, stack, options, say);
        const rates = await providerRates(stack, options, say);
        const loads = await budgetLoads(stack, options, say);
        return {
          table: [senderTable(sent), rateTable(rates), loadTable(loads), reportTable(reports)].join(
            '\n\n',
          ),
          result: { senders: sent, rates, loads, reports },
          servers: servers.versions,
          figures: {
            'mail-to-nodemailer': ratios(
              sent.usher.map(({ perSecond }) => perSecond),
              sent.nodemailer.map(({ perSecond }) => perSecond),
            ),
            // Of all rounds the worst.
            'mail-rate-most': summarize([Math.max(...rates.map(({ most }) => most))]),
            'mail-rate-mean': summarize([Math.min(...rates.map(({ mean }) => mean))]),
            'mail-budgets-p99': ratios(
              loads.on.map(({ p99 }) => p99),
              loads.off.map(({ p99 }) => p99),
            ),
            'mail-report-time': summarize(reports.map(({ millisecondsEach }) => millisecondsEach)),
            'mail-report-memory': summarize(reports.map(({ memory }) => memory)),
          },
        };
      } finally {
        await stack.close();
      }
    }),
};

const senderTable = ({ usher, nodemailer }: SenderSamples) =>
  table([
    ['5 ms a mail, prefetch and pool 4', 'mails/s', 'spread', 'processor ms/mail'],
    ...Object.entries({ usher, 'nodemailer by hand': nodemailer }).map(([name, samples]) => [
      name,
      ...cells.rate(samples.map(({ perSecond }) => perSecond)),
      String(summarize(samples.map(({ cpu }) => cpu['worker']!)).median),
    ]),
  ]);

const rateTable = (samples: readonly RateSample[]) =>
  table([
    [`MAIL_RATE=${RATE_PER_SECOND}/1s, three workers`, 'mails', 'most in a second', 'mean'],
    ...samples.map(({ mails, most, mean }, i) => [
      `round ${i + 1}`,
      ...[mails, most, mean].map(String),
    ]),
  ]);

const loadTable = ({ off, on }: BudgetSamples) =>
  table([
    ['sign-ups', 'sign-ups/s', 'spread', 'p50/p95/p99 ms'],
    ...Object.entries({ 'budgets and challenge off': off, on }).map(([name, samples]) => [
      name,
      ...cells.rate(samples.map(({ perSecond }) => perSecond)),
      cells.latency(samples),
    ]),
  ]);

const reportTable = (samples: readonly ReportSample[]) =>
  table([
    ['10,000 reports', 'ms each', 'memory after ÷ after the first 1,000'],
    ...samples.map(({ millisecondsEach, memory }, i) => [
      `round ${i + 1}`,
      String(millisecondsEach),
      String(memory),
    ]),
  ]);
