import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { EventStreamReader } from '../support/event-stream-reader.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';

const head = (method: string, path: string, ...headers: string[]) =>
  [`${method} ${path} HTTP/1.1`, 'Host: usher.example', ...headers, '', ''].join('\r\n');
const WHOLE = head('GET', '/healthz');
/** More answers of 1.5 MB than the buffers between two processes take. */
const LONG_ANSWERS = head('GET', '/docs/swagger-ui-bundle.js').repeat(20);

let stack: Stack;
let api: RunningApp;
let exit: Promise<string>;
const clients: Socket[] = [];

beforeAll(async () => {
  stack = await prepareStack({ RABBITMQ_URL: 'amqp://127.0.0.1:1', SHUTDOWN_TIMEOUT: '20s' });
});

afterAll(() => stack.stop());

beforeEach(async () => {
  api = await stack.start('api');
  exit = new Promise((resolve) => api.child.onExit(resolve));
});

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

/** Sends a whole request and, in the same packet, what follows it; once the first is answered, that has arrived. */
async function clientThatSends(rest: string, url = stack.url): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  clients.push(socket);
  socket.on('error', () => undefined).write(WHOLE + rest);
  await once(socket, 'data');
  return socket;
}

/** A forced end after `SHUTDOWN_TIMEOUT` has exit code 1. */
async function stopsInTime(): Promise<void> {
  api.child.kill('SIGTERM');
  await expect(exit).resolves.toBe('exit code 0');
}

describe('an API that is asked to stop ends by itself', () => {
  it.each([
    ['that is idle', ''],
    ['that has sent half a header', head('GET', '/healthz').slice(0, -6)],
    [
      'that has sent half a body',
      head('POST', '/v1/signups', 'Content-Type: application/json', 'Content-Length: 100') +
        '{"email"',
    ],
  ])('with a connection %s', async (_state, rest) => {
    const client = await clientThatSends(rest);
    const closed = once(client, 'close');
    await stopsInTime();
    await closed;
  });

  it('with a client that takes nothing of its answers', async () => {
    const client = await clientThatSends(LONG_ANSWERS);
    client.pause();
    await stopsInTime();
  });

  it('with open event streams', async () => {
    const { body } = await stack.api.signUp();
    const url = `${stack.url}/v1/me/onboarding/stream`;
    const stream = await EventStreamReader.open(url, body.session.token);
    await eventually(() => stream.of('step').length === 3);
    await stopsInTime();
    await eventually(() => stream.ended);
  });

  it('with half a request on its metrics port', async () => {
    await clientThatSends(head('GET', '/metrics').slice(0, -4), api.metricsUrl);
    await stopsInTime();
  });
});
