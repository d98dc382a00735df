import { Line } from '../../../apps/api/src/line/line.js';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How much a line grows by a million tickets for a hundred thousand networks. */
const TICKETS = 1_000_000;
const NETWORKS = 100_000;
const MB = 1_000_000;

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

const residentAfterCollection = () => {
  collect();
  collect();
  return process.memoryUsage.rss();
};

const line = new Line(
  {
    clock: { now: Date.now },
    instance: 'one',
    key: Buffer.alloc(32, 'a key'),
    limitMs: Number.MAX_SAFE_INTEGER,
    signUpRate: { count: 300, perMs: 60_000 },
    mayCost: false,
    guessPerSecond: 70,
    random: Math.random,
  },
  { admitsSignUp: () => false, places: 0, mostPerSecond: Infinity },
);
const ask = (nth: number) =>
  line.ask({
    ticket: undefined,
    idempotencyKey: undefined,
    network: `10.${nth % NETWORKS}`,
  });

for (let nth = 0; nth < NETWORKS / 10; nth++) ask(nth);
const before = residentAfterCollection();
for (let nth = 0; nth < TICKETS; nth++) ask(nth);
const memoryMb = Math.round((residentAfterCollection() - before) / MB);
process.send!({ memoryMb });
process.disconnect();
