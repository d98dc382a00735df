import { setTimeout as sleep } from 'node:timers/promises';
import { randomName } from './random-name.js';

/** An answer of the API, its body parsed when it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any; // oxlint-disable-line typescript/no-explicit-any -- each test knows what it asked for
}

interface RequestOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

/** Talks to the API as a person's program would. */
export class ApiClient {
  constructor(private readonly baseUrl: string) {}

  async request(
    method: string,
    path: string,
    { body, token, headers }: RequestOptions = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: asContent(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
  }

  get(path: string, token?: string): Promise<Answer> {
    return this.request('GET', path, { token });
  }

  /** Waits in the line, if there is one. */
  async signUp(change: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const body = signUpBody(change);
    let answer = await this.request('POST', '/v1/signups', { body, headers });
    while (answer.headers.has('usher-ticket')) {
      await sleep(Math.max(0, Date.parse(answer.body.turnAt) - Date.now()));
      const ticket = { 'usher-ticket': answer.body.ticket as string };
      answer = await this.request('POST', '/v1/signups', {
        body,
        headers: { ...headers, ...ticket },
      });
    }
    return answer;
  }
}

export const PASSWORD = 'correct horse battery';

/** A sign-up that is accepted, of a person nobody has seen before, with what a test wants to change. */
export function signUpBody(change: object = {}) {
  return {
    email: `${randomName()}@example.com`,
    password: PASSWORD,
    displayName: 'Ada Lovelace',
    interests: ['databases', 'chess'],
    ...change,
  };
}

/** Text and bytes go as they are, everything else as JSON. */
function asContent(body: unknown): string | Buffer | undefined {
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) return body;
  return JSON.stringify(body);
}
