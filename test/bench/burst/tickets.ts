import { closedLoop } from '../load/closed-loop.js';
import { HttpClient } from '../load/http-client.js';
import { newPerson } from '../load/people.js';
import { countCpu } from '../measuring/cpu-time.js';
import { measureRounds } from '../measuring/rounds.js';
import { round } from '../measuring/statistics.js';
import type { BareTicketOptions } from '../references/bare-ticket.main.js';
import type { BenchServers } from '../servers.js';
import { BenchStack } from '../stack/bench-stack.js';
import { runReference, startReference } from '../stack/reference.js';

const CONCURRENCY = 32;
/** Each from an address of its own, so that no request is taken for a return. */
const NETWORKS = 100_000;

/** One round of what gives tickets. */
interface TicketSample {
  readonly perSecond: number;
  /** Microseconds of processor time for each ticket, of the server and of the load. */
  readonly cpuMicroseconds: Readonly<Record<string, number>>;
}

/** Tickets in a second, of an API whose only place is taken, and of a bare server that answers the same bytes. */
export async function ticketRates(
  servers: BenchServers,
  { rounds, seconds }: { rounds: number; seconds: number },
  say: (line: string) => void,
) {
  const stack = await BenchStack.open(servers);
  try {
    await stack.start('api', {
      TRUSTED_PROXIES: 'loopback',
      HASH_CONCURRENCY: '1',
      HASH_QUEUE_LIMIT: '1',
      LINE_LIMIT: '24h',
    });
    const ticket = await firstTicket(stack.url);
    const options: BareTicketOptions = { headers: ticket.headers, body: ticket.body };
    const bare = startReference('bare-ticket', options);
    const { url } = await bare.message<{ url: string }>();
    const { own, reference } = await measureRounds(
      {
        own: () => takeTickets(stack.url, stack.pids.api, seconds),
        reference: () => takeTickets(url, bare.pid, seconds),
      },
      rounds,
      (line) => say(`tickets: ${line}`),
    );
    await bare.stop();
    return {
      own,
      reference,
      ratios: own.map(({ perSecond }, i) => perSecond / reference[i]!.perSecond),
    };
  } finally {
    await stack.close();
  }
}

/** How much a process grows by a million tickets, in MB. */
export const ticketMemory = () => runReference<{ memoryMb: number }>('ticket-memory', {});

async function firstTicket(url: string) {
  for (let nth = 0; ; nth++) {
    const answers = await Promise.all(
      Array.from({ length: CONCURRENCY }, (_, i) =>
        fetch(`${url}/v1/signups`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-forwarded-for': addressOf(nth + i) },
          body: JSON.stringify(newPerson()),
        }),
      ),
    );
    const waiting = answers.find(({ headers }) => headers.has('usher-ticket'));
    if (waiting) {
      return { headers: Object.fromEntries(waiting.headers), body: await waiting.text() };
    }
  }
}

async function takeTickets(
  url: string,
  pid: number | undefined,
  seconds: number,
): Promise<TicketSample> {
  const client = new HttpClient(url, CONCURRENCY);
  const person = newPerson();
  let nth = 0;
  const send = async () => {
    const headers = { 'x-forwarded-for': addressOf(nth++) };
    return (await client.post('/v1/signups', person, headers)).status;
  };
  const cpuUsed = await countCpu({ server: pid, load: process.pid });
  const { times, seconds: elapsed } = await closedLoop({ concurrency: CONCURRENCY, seconds, send });
  const cpu = await cpuUsed();
  client.close();
  const tickets = times[503]?.length ?? 0;
  return {
    perSecond: round(tickets / elapsed),
    cpuMicroseconds: Object.fromEntries(
      Object.entries(cpu).map(([name, ms]) => [name, round((ms * 1_000) / tickets)]),
    ),
  };
}

const addressOf = (nth: number) => {
  const network = nth % NETWORKS;
  return `10.${(network >> 16) & 255}.${(network >> 8) & 255}.${network & 255}`;
};
