import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SnsClient } from './sns-client.js';

let server: Server;
let answer: RequestListener;
let asked: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked++;
    answer(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

beforeEach(() => {
  asked = 0;
  answer = (_request, response) => response.end('a certificate');
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`;

describe('what Amazon SNS has us fetch', () => {
  it('is a certificate, once for all messages that name it', async () => {
    const sns = new SnsClient();
    const all = await Promise.all([1, 2, 3].map(() => sns.certificate(url('a.pem'))));
    expect(all.map(String)).toEqual(Array(3).fill('a certificate'));
    await sns.certificate(url('a.pem'));
    expect(asked).toBe(1);
  });

  it('is fetched again after a failure', async () => {
    const sns = new SnsClient();
    answer = (_request, response) => response.writeHead(500).end();
    await expect(sns.certificate(url('a.pem'))).rejects.toThrow('the answer was 500');
    answer = (_request, response) => response.end('a certificate');
    await expect(sns.certificate(url('a.pem'))).resolves.toEqual(Buffer.from('a certificate'));
  });

  it('is nowhere else than there', async () => {
    answer = (request, response) =>
      request.url === '/a.pem'
        ? response.writeHead(302, { location: url('elsewhere') }).end()
        : response.end('not ours');
    await expect(new SnsClient().certificate(url('a.pem'))).rejects.toThrow('fetch failed');
    expect(asked).toBe(1);
  });

  it('is not longer than 64 KiB', async () => {
    answer = (_request, response) => response.end('x'.repeat(70_000));
    await expect(new SnsClient().certificate(url('a.pem'))).rejects.toThrow('longer than 65536');
  });

  it('is kept for 16 certificates', async () => {
    const sns = new SnsClient();
    for (let nth = 0; nth < 17; nth++) await sns.certificate(url(`${nth}.pem`));
    await sns.certificate(url('16.pem'));
    expect(asked).toBe(17);
    await sns.certificate(url('0.pem'));
    expect(asked).toBe(18);
  });
});
