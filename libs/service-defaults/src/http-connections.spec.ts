import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { HttpConnections } from './http-connections.js';

const GET = 'GET / HTTP/1.1\r\nHost: usher.example\r\n\r\n';
const HALF_A_HEADER = 'GET / HTTP/1.1\r\nHost: usher';
const HALF_A_BODY = 'POST / HTTP/1.1\r\nHost: usher.example\r\nContent-Length: 10\r\n\r\n{"half"';
const HALF_CHUNKED =
  'POST / HTTP/1.1\r\nHost: usher.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab';
/** Longer than any of these tests. */
const NO_STALL_MS = 600_000;
/** More than the system's buffers between the two take. */
const LONG_ANSWER = Buffer.alloc(32 * 1024 * 1024);

let server: Server;
let connections: HttpConnections;
let answer: (response: ServerResponse) => void;
const clients: Socket[] = [];

beforeEach(async () => {
  answer = (response) => response.end('ok');
  server = createServer((request, response) => {
    // As a body parser does: a request with half a body is with the app already.
    request
      .resume()
      .once('end', () => answer(response))
      .once('error', () => undefined);
  });
  connections = new HttpConnections(server, { keepAliveMs: 75_000, maxConnections: 20 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  for (const each of clients.splice(0)) each.destroy();
  server.closeAllConnections();
  server.close();
});

/** A client, and all that it was answered. */
async function client(allowHalfOpen = false) {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen });
  clients.push(socket);
  let text = '';
  let change: () => void = () => undefined;
  socket.setEncoding('latin1').on('data', (more: string) => {
    text += more;
    change();
  });
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  const answered = (part: string) =>
    new Promise<string>((resolve) => {
      change = () => text.includes(part) && resolve(text);
      change();
    });
  return { socket, answered, closed };
}

/** A request that is answered, and in the same packet what follows it: when it is answered, that has arrived. */
async function clientThatSends(rest: string) {
  const each = await client();
  each.socket.write(GET + rest);
  await each.answered('ok');
  return each;
}

/** A request whose answer the test gives. */
async function requestInFlight(allowHalfOpen = false) {
  const each = await client(allowHalfOpen);
  const arrived = new Promise<ServerResponse>((resolve) => (answer = resolve));
  each.socket.write(GET);
  return { ...each, response: await arrived };
}

describe('a server that stops', () => {
  it.each([
    ['idle', ''],
    ['in the middle of a header', HALF_A_HEADER],
    ['in the middle of a body', HALF_A_BODY],
    ['in the middle of a chunk', HALF_CHUNKED],
  ])('closes a connection that is %s', async (_state, rest) => {
    const { closed } = await clientThatSends(rest);
    await connections.drain(NO_STALL_MS);
    await closed;
  });

  it('closes a connection that has sent nothing at all', async () => {
    const { closed } = await client();
    await connections.drain(NO_STALL_MS);
    await closed;
  });

  it('ends the request in flight, says that the connection closes, and closes it', async () => {
    const { response, answered, closed } = await requestInFlight();
    const drained = connections.drain(NO_STALL_MS);
    response.end('in time');
    expect(await answered('in time')).toMatch(/^HTTP\/1\.1 200 OK\r\nconnection: close\r\n/i);
    await closed;
    await drained;
  });

  it('ends an answer that had begun before, and closes its connection', async () => {
    const { response, answered, closed } = await requestInFlight();
    response.write('the beginning');
    await answered('the beginning');
    const drained = connections.drain(NO_STALL_MS);
    response.end('the end');
    await answered('the end');
    await closed;
    await drained;
  });

  it('waits for no client that leaves its side of the connection open', async () => {
    const { response, answered } = await requestInFlight(true);
    response.write('the beginning');
    await answered('the beginning');
    const drained = connections.drain(NO_STALL_MS);
    response.end('the end');
    await answered('the end');
    await drained;
  });

  it('lets a client have an answer that is on its way, however slowly it takes it', async () => {
    answer = (response) => response.end(LONG_ANSWER);
    const { socket, answered, closed } = await client();
    socket.write(GET);
    await once(socket, 'data');
    socket.pause();
    const drained = connections.drain(NO_STALL_MS);
    socket.resume();
    await closed;
    await drained;
    expect((await answered('\r\n\r\n')).length).toBeGreaterThan(LONG_ANSWER.length);
  });

  it('cuts off a client that takes nothing of its answer', async () => {
    answer = (response) => response.end(LONG_ANSWER);
    const { socket } = await client();
    socket.write(GET);
    await once(socket, 'data');
    socket.pause();
    await connections.drain(50);
  });

  it('takes no connection any more', async () => {
    const { port } = server.address() as AddressInfo;
    const { response } = await requestInFlight();
    const drained = connections.drain(NO_STALL_MS);
    const late = connect(port, '127.0.0.1');
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    response.end();
    await drained;
  });
});

describe('a server that runs', () => {
  it('keeps an idle connection longer than a balancer, and waits longer still for headers and body', async () => {
    const { answered } = await clientThatSends('');
    expect(await answered('ok')).toMatch(/^Keep-Alive: timeout=75\r$/m);
    expect(server.headersTimeout).toBeGreaterThan(server.keepAliveTimeout);
    expect(server.requestTimeout).toBeGreaterThan(server.headersTimeout);
  });

  it('closes connections beyond its limit as soon as they are made', async () => {
    const taken = await Promise.all(Array.from({ length: 20 }, () => clientThatSends('')));
    const { closed } = await client();
    await closed;
    expect(taken.filter(({ socket }) => socket.destroyed)).toEqual([]);
  });
});
