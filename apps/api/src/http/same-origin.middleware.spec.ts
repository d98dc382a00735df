import type { Request, Response } from 'express';
import type { Problem } from './problem.js';
import { sameOrigin } from './same-origin.middleware.js';

const PUBLIC_URL = 'https://usher.example/accounts';
const HOST = { host: 'usher.example' };

/** What a request is refused with, if it is. */
function refusal(method: string, headers: Record<string, string>): string | undefined {
  let problem: Problem | undefined;
  const request = { method, headers: { ...HOST, ...headers } } as unknown as Request;
  sameOrigin(PUBLIC_URL)(request, {} as Response, (error?: unknown) => {
    problem = error as Problem | undefined;
  });
  return problem?.code;
}

describe('a request that changes something', () => {
  it.each<[string, Record<string, string>]>([
    ['a program that is no browser', {}],
    ['a page of ours', { 'sec-fetch-site': 'same-origin', origin: 'https://usher.example' }],
    ['the person themselves', { 'sec-fetch-site': 'none' }],
    ['a page of ours in a browser without fetch metadata', { origin: 'https://usher.example' }],
    ['a page of ours over plain HTTP', { origin: 'http://usher.example' }],
    [
      'a page of ours behind a proxy that names the API otherwise',
      { origin: 'https://usher.example', host: '127.0.0.1:3000' },
    ],
    [
      'a page of ours behind a proxy that adds the port',
      { origin: 'https://usher.example', host: 'usher.example:443' },
    ],
  ])('is let in from %s', (_who, headers) => {
    expect(refusal('POST', headers)).toBeUndefined();
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling domain', { 'sec-fetch-site': 'same-site', origin: 'https://blog.usher.example' }],
    ['another site in an old browser', { origin: 'https://evil.example' }],
    [
      'another site behind a proxy that names the API otherwise',
      { origin: 'https://evil.example', host: '127.0.0.1:3000' },
    ],
    ['another port', { origin: 'https://usher.example:8443' }],
    ['a sandboxed frame', { origin: 'null' }],
    [
      'a site that lies in Origin only',
      { 'sec-fetch-site': 'cross-site', origin: 'https://usher.example' },
    ],
    ['a value that nobody knows', { 'sec-fetch-site': 'who knows' }],
  ])('is refused from %s', (_who, headers) => {
    expect(['POST', 'PATCH', 'DELETE', 'PUT'].map((method) => refusal(method, headers))).toEqual(
      Array.from({ length: 4 }, () => 'cross_origin'),
    );
  });
});

it('a request that only reads may come from anywhere', () => {
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };

  expect(['GET', 'HEAD', 'OPTIONS'].map((method) => refusal(method, headers))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
