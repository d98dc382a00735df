import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';

let server: Server;
let proxy: FaultProxy;
const clients: Socket[] = [];

beforeAll(async () => {
  // Says back what it hears.
  server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

beforeEach(async () => {
  const { port } = server.address() as AddressInfo;
  proxy = await FaultProxy.before(`tcp://127.0.0.1:${port}`);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
});

afterAll(async () => {
  server.close();
  await once(server, 'close');
});

/** A client that keeps what it hears and how it ended. */
async function dial() {
  const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  clients.push(socket);
  const heard = { text: '', error: '' };
  socket.on('data', (chunk) => (heard.text += chunk.toString()));
  socket.on('error', (error: Error & { code?: string }) => (heard.error = error.code!));
  await once(socket, 'connect');
  return { socket, heard };
}

const hears = (heard: { text: string }, text: string) => eventually(() => heard.text === text);

describe('the fault proxy', () => {
  it('passes everything on, and the end', async () => {
    const { socket, heard } = await dial();
    socket.end('hello');
    await once(socket, 'close');
    expect(heard).toEqual({ text: 'hello', error: '' });
    await eventually(() => proxy.connections === 0);
    expect(proxy.accepted).toBe(1);
  });

  it('refuses connections while it is down, and accepts them at the same address when it is up', async () => {
    const { socket } = await dial();
    const { url } = proxy;
    await proxy.down();
    await once(socket, 'close');
    await expect(dial()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.up();
    expect(proxy.url).toBe(url);
    await dial();
  });

  it('resets only the connections that said a word at their beginning', async () => {
    const [named, other] = [await dial(), await dial()];
    named.socket.write('name=consumer');
    other.socket.write('name=publisher');
    await hears(named.heard, 'name=consumer');
    await hears(other.heard, 'name=publisher');
    await proxy.reset('consumer');
    await eventually(() => named.heard.error === 'ECONNRESET');
    other.socket.write('!');
    await hears(other.heard, 'name=publisher!');
  });

  it('is silent in one direction and passes on what it kept back', async () => {
    const { socket, heard } = await dial();
    proxy.halfOpen(['to-client']);
    socket.write('lost?');
    const late = await dial();
    late.socket.write('anybody?');
    const anything = eventually(() => heard.text !== '' || late.heard.text !== '', 200);
    await expect(anything).rejects.toThrow('still not so');
    await proxy.up();
    await hears(heard, 'lost?');
    await hears(late.heard, 'anybody?');
  });

  it('cuts after a number of bytes', async () => {
    const { socket, heard } = await dial();
    const cut = proxy.cutAfter(5, 'to-client');
    socket.write('abc');
    await hears(heard, 'abc');
    // Whoever has not yet read what came before a reset may be told of an ordinary end, or of an error.
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('defgh');
    await Promise.all([cut, closed]);
    expect(heard.text).toBe('abcde');
  });

  it('keeps back each chunk for the latency', async () => {
    const { socket, heard } = await dial();
    proxy.latencyMs = 100;
    const startedAt = performance.now();
    socket.write('slow');
    await hears(heard, 'slow');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(195);
  });

  it('does not read what it cannot pass on', async () => {
    const { socket, heard } = await dial();
    proxy.halfOpen();
    const megabyte = Buffer.alloc(1024 * 1024);
    let sent = 0;
    // As long as the system takes a megabyte; its own buffers hold a few.
    const taken = async () => {
      await new Promise<void>((resolve) => socket.write(megabyte, () => resolve()));
      return ++sent > 30;
    };
    const stuck = Promise.race([eventually(taken), eventually(() => false, 1_000)]);
    await expect(stuck).rejects.toThrow('still not so');
    expect(sent).toBeLessThan(30);
    expect(heard.text).toBe('');
  });
});
