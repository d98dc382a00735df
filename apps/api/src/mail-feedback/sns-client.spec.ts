import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newSigner } from '../../../../libs/mail-feedback/src/sns/signed-message.fixture.js';
import { SnsClient } from './sns-client.js';

const { certificate: CERTIFICATE } = newSigner();

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
  answer = (_request, response) => response.end(CERTIFICATE);
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
    expect(all.map(String)).toEqual(Array(3).fill(CERTIFICATE));
    await sns.certificate(url('a.pem'));
    expect(asked).toBe(1);
  });

  it('is fetched again after a failure', async () => {
    const sns = new SnsClient();
    answer = (_request, response) => response.writeHead(500).end();
    await expect(sns.certificate(url('a.pem'))).rejects.toThrow('the answer was 500');
    answer = (_request, response) => response.end(CERTIFICATE);
    await expect(sns.certificate(url('a.pem'))).resolves.toEqual(Buffer.from(CERTIFICATE));
  });

  it('is fetched again after an answer that is none, such as the page of a proxy', async () => {
    const sns = new SnsClient();
    answer = (_request, response) => response.end('<p>Log in first.</p>');
    await expect(sns.certificate(url('a.pem'))).rejects.toThrow('no certificate');
    answer = (_request, response) => response.end(CERTIFICATE);
    await expect(sns.certificate(url('a.pem'))).resolves.toEqual(Buffer.from(CERTIFICATE));
  });

  it('is refused while four others are being fetched', async () => {
    const sns = new SnsClient();
    const waiting: (() => void)[] = [];
    answer = (_request, response) => waiting.push(() => response.end(CERTIFICATE));
    const others = [1, 2, 3, 4].map((nth) => sns.certificate(url(`${nth}.pem`)));
    await expect(sns.certificate(url('5.pem'))).rejects.toThrow('too many');
    while (waiting.length < 4) await new Promise((resolve) => setImmediate(resolve));
    for (const end of waiting) end();
    await Promise.all(others);
    answer = (_request, response) => response.end(CERTIFICATE);
    await expect(sns.certificate(url('5.pem'))).resolves.toEqual(Buffer.from(CERTIFICATE));
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
