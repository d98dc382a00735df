import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import {
  attempt,
  look,
  narrowStack,
  signUpInLine,
  untilTurn,
  waitInCrowd,
  withoutBody,
} from '../support/in-line.js';
import type { Stack } from '../support/stack.js';

let stack: Stack;
let api: RunningApp;

beforeAll(async () => {
  stack = await narrowStack();
  api = await stack.start('api');
});

afterAll(() => stack.stop());

describe('a ticket', () => {
  it('shows its place, and is renewed', async () => {
    const waiting = await waitInCrowd(stack.api);
    const answer = await look(stack.api, waiting.body.ticket);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        place: expect.any(Number),
        turnAt: expect.any(String),
        expectedWaitSeconds: expect.any(Number),
      },
    });
    const renewed = answer.headers.get('usher-ticket')!;
    expect(renewed).toMatch(/^[A-Za-z0-9._-]{1,256}$/);
    await sleep(Math.max(0, Date.parse(answer.body.turnAt) - Date.now()));
    await expect(look(stack.api, renewed)).resolves.toMatchObject({
      status: 200,
      body: { place: 0 },
    });
    await expect(attempt(stack.api, signUpBody(), { ticket: renewed })).resolves.toMatchObject({
      status: 201,
    });
  });

  it.each([
    ['nothing', ''],
    ['some text', 'hello'],
    ['an altered one', 'altered'],
    ['one of another key', 'foreign'],
    ['much too long', 'x'.repeat(4_000)],
  ])(
    'that is %s is good for nothing, and its owner is a newcomer',
    async (_what, kind) => {
      const waiting = await waitInCrowd(stack.api);
      const good = waiting.body.ticket as string;
      const flipped = good.endsWith('A') ? 'B' : 'A';
      const ticket =
        kind === 'altered'
          ? good.slice(0, -1) + flipped
          : kind === 'foreign'
            ? `${good.split('.')[0]}.${'A'.repeat(43)}`
            : kind;
      await expect(look(stack.api, ticket || 'x')).resolves.toMatchObject({
        status: 404,
        body: { code: 'unknown_ticket' },
      });
      const answer = await attempt(stack.api, signUpBody(), { ticket });
      expect([201, 503]).toContain(answer.status);
      if (answer.status === 503) expect(answer.body.ticket).not.toBe(ticket);
    },
    30_000,
  );

  it('stays good when its request was refused before its hash', async () => {
    const taken = signUpBody();
    await signUpInLine(stack.api, taken);
    const waiting = await waitInCrowd(stack.api);
    await untilTurn(waiting);
    const { ticket } = waiting.body;
    const refusals: [object, number][] = [
      [signUpBody({ password: 'passwordpassword' }), 422],
      [taken, 409],
      [signUpBody({ email: 'nobody' }), 422],
    ];
    for (const [body, status] of refusals) {
      await expect(attempt(stack.api, body, { ticket })).resolves.toMatchObject({ status });
    }
    const { asking, breakOff } = withoutBody(stack.url, { 'usher-ticket': ticket });
    await sleep(100);
    breakOff();
    await expect(asking).resolves.toBe('broken');
    await eventually(async () => (await look(stack.api, ticket)).status === 200);
    await expect(attempt(stack.api, signUpBody(), { ticket })).resolves.toMatchObject({
      status: 201,
    });
    await expect(look(stack.api, ticket)).resolves.toMatchObject({ status: 404 });
  });

  it('is spent by its hash, and good for the same request again', async () => {
    const waiting = await waitInCrowd(stack.api);
    await untilTurn(waiting);
    const { ticket } = waiting.body;
    const body = signUpBody();
    const first = await attempt(stack.api, body, { ticket, key: 'a-key' });
    expect(first.status).toBe(201);
    const again = await attempt(stack.api, body, { ticket, key: 'a-key' });
    expect(again).toMatchObject({ status: 201, body: { user: { id: first.body.user.id } } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    await expect(look(stack.api, ticket)).resolves.toMatchObject({ status: 404 });
  });

  it('outlives the instance that gave it', async () => {
    const waiting = await waitInCrowd(stack.api);
    api.child.kill('SIGKILL');
    await new Promise((resolve) => api.child.onExit(resolve));
    api = await stack.start('api');
    await expect(look(stack.api, waiting.body.ticket)).resolves.toMatchObject({ status: 200 });
    await signUpInLine(stack.api, signUpBody(), waiting);
  });
});
