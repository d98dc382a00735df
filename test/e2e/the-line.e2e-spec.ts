import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, PASSWORD, signUpBody } from '../support/api-client.js';
import { usher } from '../support/command-line.js';
import { eventually } from '../support/eventually.js';
import {
  attempt,
  crowdThatStays,
  look,
  narrowStack,
  rawSignUp,
  sendRaw,
  signUpInLine,
  waitInCrowd,
  whileNewcomersWait,
  withoutBody,
} from '../support/in-line.js';
import { Scrape } from '../support/prometheus-text.js';
import type { Stack } from '../support/stack.js';

let stack: Stack;
let api: RunningApp;

beforeAll(async () => {
  // A log-in gets its share of the hashes also where a hash takes long.
  stack = await narrowStack({ TRUSTED_PROXIES: 'loopback', HASH_QUEUE_TIMEOUT: '30s' });
  api = await stack.start('api');
});

afterAll(() => stack.stop());

const line = async () =>
  JSON.parse(
    (await usher(['line', '--json'], { DATABASE_URL: stack.databaseUrlOf('operator') })).stdout,
  );

/** Undefined while nobody waits. */
const reportOfLine = async () => {
  const report = await line();
  return report.length > 0 ? report : undefined;
};

const untilNobodyWaits = () =>
  eventually(async () => (await Scrape.of(api.metricsUrl)).value('usher_line_length') === 0);

describe('a crowd', () => {
  it('waits in a line, knows its places, and finishes', async () => {
    const bodies = Array.from({ length: 60 }, () => signUpBody());
    const first = await Promise.all(bodies.map((body) => attempt(stack.api, body)));
    const queued = first.filter(({ status }) => status === 503);
    expect(queued.length).toBeGreaterThan(50);
    for (const { headers, body } of queued) {
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('usher-ticket')).toBe(body.ticket);
      expect(body.ticket).toMatch(/^[A-Za-z0-9._-]{1,256}$/);
      expect(body).toMatchObject({
        type: 'urn:usher:problem:overloaded',
        status: 503,
        code: 'overloaded',
        turnAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      });
      expect(body.place).toBeGreaterThanOrEqual(1);
      expect(Number(headers.get('retry-after'))).toBe(
        Math.max(1, Math.ceil(body.expectedWaitSeconds)),
      );
    }
    expect(new Set(queued.map(({ body }) => body.ticket)).size).toBe(queued.length);
    const posts = await Promise.all(
      bodies.map((body, i) => signUpInLine(stack.api, body, first[i])),
    );
    expect(posts.reduce((sum, each) => sum + each) / posts.length).toBeLessThan(4);
    await untilNobodyWaits();
    await expect(attempt(stack.api)).resolves.toMatchObject({ status: 201 });
    const metrics = await Scrape.of(api.metricsUrl);
    expect(metrics.value('usher_signups_total', { outcome: 'queued' })).toBeGreaterThanOrEqual(
      queued.length,
    );
    expect(metrics.value('usher_signups_total', { outcome: 'overloaded' })).toBe(0);
    const answered = { route: '/v1/signups', status: '503' };
    expect(metrics.value('http_request_duration_seconds_count', answered)).toBeGreaterThanOrEqual(
      queued.length,
    );
    expect(metrics.value('usher_line_length')).toBe(0);
    expect(metrics.value('usher_line_wait_seconds')).toBe(0);
    expect(metrics.value('usher_line_returned_ratio')).toBeGreaterThan(0.8);
  });
});

describe('the line', () => {
  it('is shown to operators', async () => {
    const crowd = await crowdThatStays(stack.api);
    await expect(eventually(reportOfLine)).resolves.toMatchObject({
      ratePerSecond: expect.any(Number),
      waitSeconds: expect.any(Number),
      returnedRatio: expect.any(Number),
      instances: [
        {
          instance: expect.any(String),
          length: expect.any(Number),
          ratePerSecond: expect.any(Number),
          at: expect.any(String),
        },
      ],
    });
    await crowd.leave();
    await eventually(async () => (await line()).length === 0);
  });
});

describe('requests whose bodies do not come', () => {
  it('keep nobody out for long', async () => {
    await untilNobodyWaits();
    const slow = Array.from({ length: 50 }, () => withoutBody(stack.url));
    await sleep(200);
    expect(await signUpInLine(stack.api)).toBeGreaterThan(1);
    for (const { breakOff } of slow) breakOff();
    await Promise.all(slow.map(({ asking }) => asking));
  });
});

describe('while there is a line', () => {
  it('nobody passes by another spelling of the path', async () => {
    const spellings = [
      '/v1/signups#x',
      `${stack.url}/v1/signups`,
      '/v1\\signups#',
      '/V1/SIGNUPS/?x',
    ];
    const crowd = await crowdThatStays(stack.api);
    for (const target of spellings) {
      const status = await whileNewcomersWait(stack.api, async () => {
        const answered = await sendRaw(stack.url, rawSignUp(target, signUpBody()));
        return answered ?? 'closed';
      });
      expect([target, status]).not.toEqual([target, 201]);
    }
    await crowd.leave();
  });

  it('what another site makes a browser send has no place in it', async () => {
    await waitInCrowd(stack.api);
    const headers = { 'sec-fetch-site': 'cross-site' };
    const answer = await stack.api.request('POST', '/v1/signups', { body: signUpBody(), headers });
    expect(answer.status).toBe(403);
    expect(answer.headers.has('usher-ticket')).toBe(false);
  });
});

describe('log-ins', () => {
  it('go on while a crowd signs up', async () => {
    const person = signUpBody();
    await signUpInLine(stack.api, person);
    const crowd = await crowdThatStays(stack.api, 60);
    const body = { email: person.email, password: PASSWORD };
    for (let i = 0; i < 10; i++) {
      const answer = await stack.api.request('POST', '/v1/sessions', { body });
      expect(answer.status).toBe(201);
    }
    await crowd.leave();
  });
});

describe('another instance', () => {
  it('takes the tickets of the first, and lets no newcomer pass its line', async () => {
    const port = await freePort();
    const second = await stack.start('api', { HTTP_PORT: String(port), HASH_QUEUE_LIMIT: '64' });
    const other = new ApiClient(`http://127.0.0.1:${port}`);
    const crowd = await crowdThatStays(stack.api);
    // It hears of the line within a second or so.
    const newcomer = await eventually(async () => {
      const answer = await attempt(other);
      return answer.status === 503 && answer;
    });
    await expect(look(stack.api, newcomer.body.ticket)).resolves.toMatchObject({ status: 200 });
    await signUpInLine(stack.api, signUpBody(), newcomer);
    await crowd.leave();
    await second.child.stop();
  });
});
