import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { deriveKey } from '#libs/link-tokens';
import { Tickets } from '../../apps/api/src/line/tickets.js';
import { eventually } from './eventually.js';
import { prepareStack } from './stack.js';
import { signUpBody, type Answer, type ApiClient } from './api-client.js';

/** One hash at a time and one place to wait for it: a few people are a crowd. */
export const NARROW = { HASH_CONCURRENCY: '1', HASH_QUEUE_LIMIT: '1' };

/** A stack of that kind without a broker, in which nothing runs yet. */
export const narrowStack = (env: Record<string, string> = {}) =>
  prepareStack({ ...NARROW, RABBITMQ_URL: 'amqp://127.0.0.1:1', ...env });

/** A ticket of a person whose turn is in a minute. @param secret LINK_SIGNING_KEY */
export function ticketSignedBy(secret: string): string {
  const key = deriveKey(secret, 'ticket of the line');
  const tickets = new Tickets(key, { now: Date.now }, Math.random);
  return tickets.write(tickets.create(0, Date.now(), Date.now() + 60_000));
}

/** One attempt to sign up. */
export const attempt = (
  api: ApiClient,
  body: object = signUpBody(),
  { ticket, key, network }: { ticket?: string; key?: string; network?: string } = {},
): Promise<Answer> =>
  api.request('POST', '/v1/signups', {
    body,
    headers: {
      ...(ticket && { 'usher-ticket': ticket }),
      ...(key && { 'idempotency-key': key }),
      ...(network && { 'x-forwarded-for': network }),
    },
  });

export const look = (api: ApiClient, ticket: string): Promise<Answer> =>
  api.request('GET', '/v1/line', { headers: { 'usher-ticket': ticket } });

export const untilTurn = ({ body }: Answer): Promise<void> =>
  sleep(Math.max(0, Date.parse(body.turnAt as string) - Date.now()));

/** Keeps to the protocol until the account is there; answers how often it was sent. */
export async function signUpInLine(
  api: ApiClient,
  body: object = signUpBody(),
  first?: Answer,
): Promise<number> {
  let answer = first ?? (await attempt(api, body));
  let posts = 1;
  for (; answer.status === 503; posts++) {
    await untilTurn(answer);
    answer = await attempt(api, body, { ticket: answer.body.ticket });
  }
  // In private mode it is 202, whether the account is new or not.
  if (answer.status !== 201 && answer.status !== 202) throw new Error(`answered ${answer.status}`);
  return posts;
}

/** Makes a line, and answers one that waits in it. */
export async function waitInCrowd(api: ApiClient, people = 25): Promise<Answer> {
  const answers = await Promise.all(Array.from({ length: people }, () => attempt(api)));
  const waiting = answers.findLast(({ status }) => status === 503);
  if (!waiting) throw new Error('nobody has to wait');
  return waiting;
}

/** People who sign up one after another, so that there is a line until they leave, however fast the machine is. */
export async function crowdThatStays(api: ApiClient, people = 30) {
  const over = new AbortController();
  const crowd = Promise.all(
    Array.from({ length: people }, async () => {
      while (!over.signal.aborted) await signUpInLine(api);
    }),
  );
  // A test that fails before they leave takes the API away from them.
  crowd.catch(() => undefined);
  await eventually(async () => (await attempt(api)).status === 503);
  return {
    async leave() {
      over.abort();
      await crowd;
    },
  };
}

let networks = 0;
/** One that nobody has come from before, for an API that trusts its clients on that. */
export function anotherNetwork(): string {
  const nth = networks++;
  return `10.${(nth >> 16) & 255}.${(nth >> 8) & 255}.${nth & 255}`;
}

/**
 * What is answered while a newcomer has to wait, before it and after it. On a busy machine a crowd can be late for its
 * turns, and then its line is over for a moment.
 */
export async function whileNewcomersWait<T>(api: ApiClient, ask: () => Promise<T>): Promise<T> {
  // Who comes without a ticket from a network that was given one would count as its owner.
  const waits = async () =>
    (await attempt(api, signUpBody(), { network: anotherNetwork() })).status === 503;
  const asked = await eventually(async () => {
    if (!(await waits())) return undefined;
    const answer = await ask();
    return (await waits()) ? { answer } : undefined;
  });
  return asked.answer;
}

/** Sends what it is given as it is. Resolves with the status of the answer; undefined when the connection ends without one. */
export async function sendRaw(url: string, text: string): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  socket.write(text);
  let answer = '';
  for await (const chunk of socket as AsyncIterable<string>) {
    answer += chunk;
    const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
    // Leaving the loop closes the connection.
    if (status) return Number(status);
  }
  return undefined;
}

/** A sign-up as it is written on a connection. */
export function rawSignUp(target: string, person: object, network = anotherNetwork()): string {
  const body = JSON.stringify(person);
  const lines = [
    `POST ${target} HTTP/1.1`,
    'host: localhost',
    `x-forwarded-for: ${network}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** Begins a sign-up whose body does not come. */
export function withoutBody(url: string, headers: Record<string, string> = {}) {
  const broken = new AbortController();
  const asking = fetch(`${url}/v1/signups`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from('{')) }),
    duplex: 'half',
    signal: broken.signal,
  }).then(
    ({ status }) => status,
    () => 'broken' as const,
  );
  return { asking, breakOff: () => broken.abort() };
}
