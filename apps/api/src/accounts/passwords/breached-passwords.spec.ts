import { Logger } from '@nestjs/common';
import { loadConfig } from '#libs/service-defaults';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiConfig } from '../../api.config.js';
import { BreachedPasswords } from './breached-passwords.js';

const BREACHED = 'a password of a breach';
const DIGEST = createHash('sha1').update(BREACHED).digest('hex').toUpperCase();

// Its warnings are what the tests provoke.
Logger.overrideLogger(false);

let asked: IncomingMessage[] = [];
let answer: (response: ServerResponse) => void;
const server = createServer((request, response) => {
  asked.push(request);
  answer(response);
});
let url: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/range/`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  asked = [];
  answer = (response) => response.end(`${'0'.repeat(35)}:7\r\n${DIGEST.slice(5)}:3\r\n`);
});

const passwords = (env: Record<string, string> = { PASSWORD_RANGE_URL: url }) =>
  new BreachedPasswords(loadConfig([ApiConfig], env).get(ApiConfig) as ApiConfig);

describe('breached passwords', () => {
  it('are known by the range that they are in', async () => {
    expect(await passwords().has(BREACHED)).toBe(true);
    expect(await passwords().has('another password')).toBe(false);
  });

  it('are asked about by five hex digits and nothing more', async () => {
    await passwords().has(BREACHED);

    expect(asked).toHaveLength(1);
    expect(asked[0]!.url).toBe(`/range/${DIGEST.slice(0, 5)}`);
    expect(JSON.stringify(asked[0]!.headers)).not.toContain(DIGEST.slice(5, 12));
  });

  it('do not count when they are padding', async () => {
    answer = (response) => response.end(`${DIGEST.slice(5)}:0\r\n`);

    expect(await passwords().has(BREACHED)).toBe(false);
  });

  it('are not asked about without a service', async () => {
    expect(await passwords({}).has(BREACHED)).toBe(false);
    expect(asked).toHaveLength(0);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['does not answer', () => undefined],
    ['answers 500', (response) => response.writeHead(500).end(`${DIGEST.slice(5)}:3`)],
    ['redirects', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
    ['breaks off', (response) => response.destroy()],
    ['never stops', (response) => response.end(`${'A'.repeat(1_000_001)}\n${DIGEST.slice(5)}:3`)],
  ])('pass when the service %s', async (_what, how) => {
    answer = how;
    const env = { PASSWORD_RANGE_URL: url, PASSWORD_RANGE_TIMEOUT: '3s' };

    expect(await passwords(env).has(BREACHED)).toBe(false);
    expect(asked.length).toBeGreaterThan(0);
  });

  it('pass when the service cannot be reached', async () => {
    expect(await passwords({ PASSWORD_RANGE_URL: 'http://127.0.0.1:1' }).has(BREACHED)).toBe(false);
  });

  it('pass when too many are being asked about already', async () => {
    answer = () => undefined;
    const env = { PASSWORD_RANGE_URL: url, PASSWORD_RANGE_TIMEOUT: '500ms' };
    const slow = passwords(env);
    const waiting = Array.from({ length: 64 }, () => slow.has(BREACHED));

    expect(await slow.has(BREACHED)).toBe(false);
    await Promise.all(waiting);
    expect(asked.length).toBeLessThanOrEqual(64);
  });
});
