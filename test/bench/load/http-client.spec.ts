import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpClient } from './http-client.js';

describe('the client of the loads', () => {
  let server: Server;
  let client: HttpClient;
  let connections = 0;

  async function serve(listener: RequestListener, most = 1) {
    server = createServer(listener);
    connections = 0;
    server.on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    client = new HttpClient(`http://127.0.0.1:${port}`, most);
  }

  afterEach(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('sends what it is to send, and reads status, headers and body', async () => {
    await serve((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        const headers = { 'Retry-After': '7', 'Usher-Ticket': 'a.b' };
        const { method, url } = request;
        response
          .writeHead(503, headers)
          .end(`${method} ${url} ${String(request.headers['x-of'])} ${body}`);
      });
    });
    expect(await client.post('/v1/x', { name: 'Zoë 中' }, { 'x-of': 'me' })).toEqual({
      status: 503,
      retryAfter: '7',
      ticket: 'a.b',
      body: 'POST /v1/x me {"name":"Zoë 中"}',
    });
  });

  it('reads an answer that comes in chunks, and one without a body', async () => {
    await serve((request, response) => {
      if (request.url === '/none') {
        response.writeHead(204).end();
      } else {
        response.write('first 中, ');
        setImmediate(() => response.end('second'));
      }
    });
    expect((await client.get('/chunks')).body).toBe('first 中, second');
    expect(await client.get('/none')).toMatchObject({ status: 204, body: '' });
    expect(connections).toBe(1);
  });

  it('sends one request after the other on a connection', async () => {
    let underWay = 0;
    let most = 0;
    await serve((_, response) => {
      most = Math.max(most, ++underWay);
      setTimeout(() => {
        underWay--;
        response.end('done');
      }, 20);
    }, 2);
    const answers = await Promise.all(Array.from({ length: 9 }, () => client.get('/')));
    expect(answers.every(({ body }) => body === 'done')).toBe(true);
    expect([most, connections]).toEqual([2, 2]);
  });

  it('has no answer when the connection breaks, and opens another for the next', async () => {
    await serve((request, response) => {
      if (request.url === '/broken') request.socket.destroy();
      else response.end('whole');
    });
    expect((await client.get('/broken')).status).toBe(0);
    expect((await client.get('/')).body).toBe('whole');
  });

  it('opens another connection when the server closes one after its answer', async () => {
    await serve((_, response) => response.setHeader('connection', 'close').end('last'));
    expect((await client.get('/')).body).toBe('last');
    expect((await client.get('/')).body).toBe('last');
    expect(connections).toBe(2);
  });
});
