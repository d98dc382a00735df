import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { ApiClient, signUpBody, type Answer } from '../support/api-client.js';
import { attempt, look, narrowStack, signUpInLine, untilTurn } from '../support/in-line.js';
import type { Stack } from '../support/stack.js';

let stack: Stack;

beforeAll(async () => {
  stack = await narrowStack();
  await stack.start('api');
});

afterAll(() => stack.stop());

describe('with settings of its own', () => {
  const withApi = async (
    env: Record<string, string>,
    work: (client: ApiClient) => Promise<void>,
  ): Promise<void> => {
    const port = await freePort();
    const app = await stack.start('api', { HTTP_PORT: String(port), ...env });
    try {
      await work(new ApiClient(`http://127.0.0.1:${port}`));
    } finally {
      await app.child.stop();
    }
  };

  it('a network above its limit waits for its turn, and is never answered 429', () =>
    withApi({ RATE_LIMIT_SIGNUP: '3/6s', HASH_QUEUE_LIMIT: '64' }, async (client) => {
      const statuses = [];
      for (let i = 0; i < 3; i++) statuses.push((await attempt(client)).status);
      expect(statuses).toEqual([201, 201, 201]);
      const body = signUpBody();
      const waiting = await attempt(client, body);
      expect(waiting.status).toBe(503);
      expect(waiting.body.expectedWaitSeconds).toBeLessThanOrEqual(2);
      await untilTurn(waiting);
      await expect(attempt(client, body, { ticket: waiting.body.ticket })).resolves.toMatchObject({
        status: 201,
      });
    }));

  it('there is no line with LINE=off', () =>
    withApi({ LINE: 'off' }, async (client) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => attempt(client)));
      const shed = answers.filter(({ status }) => status === 503);
      expect(shed.length).toBeGreaterThan(0);
      for (const { headers, body } of shed) {
        expect(body).not.toHaveProperty('ticket');
        expect(headers.get('retry-after')).toBe('1');
        expect(headers.has('usher-ticket')).toBe(false);
      }
      await expect(look(client, 'x')).resolves.toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
    }));

  it('those who are too many for the line get no ticket', () =>
    withApi({ LINE_LIMIT: '1s' }, async (client) => {
      const answers = await Promise.all(Array.from({ length: 200 }, () => attempt(client)));
      const full = answers.filter(({ status, body }) => status === 503 && !body.ticket);
      expect(full.length).toBeGreaterThan(0);
      for (const { headers, body } of full) {
        expect(body).not.toHaveProperty('place');
        expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(60);
        expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(120);
      }
    }));

  it('in private mode a taken address waits as any other', () =>
    withApi({ SIGNUP_MODE: 'private' }, async (client) => {
      const taken = signUpBody();
      await signUpInLine(stack.api, taken);
      const bodies = Array.from({ length: 15 }, (_, i) => (i % 2 ? signUpBody() : taken));
      const answers = await Promise.all(bodies.map((body) => attempt(client, body)));
      const waiting = (isTaken: boolean) =>
        answers.filter(({ status }, i) => status === 503 && (bodies[i] === taken) === isTaken);
      const shapes = (those: Answer[]) =>
        new Set(those.map(({ status, body }) => `${status} ${Object.keys(body).join()}`));
      expect(shapes(waiting(true)).size).toBe(1);
      expect(shapes(waiting(true))).toEqual(shapes(waiting(false)));
      await signUpInLine(client, taken, waiting(true).at(-1));
    }));
});
