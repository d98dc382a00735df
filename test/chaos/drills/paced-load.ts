import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, PASSWORD } from '../../support/api-client.js';

/** One sign-up's answer; status 0 is none at all. */
export interface PacedAnswer {
  readonly status: number;
  readonly milliseconds: number;
}

let people = 0;

/** Signs people up at a fixed rate, whether or not the earlier ones are answered. */
export async function signUpAtRate(
  url: string,
  { perSecond, count }: { perSecond: number; count: number },
): Promise<PacedAnswer[]> {
  const api = new ApiClient(url);
  const startedAt = performance.now();
  const answers: Promise<PacedAnswer>[] = [];
  for (let i = 0; i < count; i++) {
    await sleep(Math.max(0, startedAt + (i * 1_000) / perSecond - performance.now()));
    answers.push(signUp(api, `drill-${people++}@example.com`));
  }
  return Promise.all(answers);
}

async function signUp(api: ApiClient, email: string): Promise<PacedAnswer> {
  const startedAt = performance.now();
  const body = { email, password: PASSWORD, displayName: 'Drill', interests: ['chess'] };
  const status = await api.request('POST', '/v1/signups', { body }).then(
    (answer) => answer.status,
    () => 0,
  );
  return { status, milliseconds: performance.now() - startedAt };
}
