import { Problem, type FieldError } from '../api/problem.js';
import { withTimeZone } from './with-time-zone.js';

const BODY = { email: 'mei@example.com' };
const WITH = { ...BODY, timeZone: 'Asia/Shanghai' };

const refusal = (...errors: Omit<FieldError, 'message'>[]) =>
  new Problem(
    'validation_failed',
    'no',
    errors.map((error) => ({ ...error, message: 'no' })),
  );

/** Sends it to a server that answers so, one after the other; tells what it got, and how that ended. */
async function sentTo(...answers: (Problem | string)[]) {
  const sent: object[] = [];
  const end = await withTimeZone(BODY, WITH.timeZone, async (body) => {
    const answer = answers[sent.push(body) - 1]!;
    if (answer instanceof Problem) throw answer;
    return answer;
  }).catch((error: unknown) => error);
  return { sent, end };
}

describe('a request with a time zone', () => {
  it('is sent once where the zone is known', async () => {
    await expect(sentTo('done')).resolves.toEqual({ sent: [WITH], end: 'done' });
  });

  it.each(['invalid_time_zone', 'unknown_property'])(
    'is sent again without it when the server says %s',
    async (code) => {
      const refused = refusal({ path: 'email', code: 'required' }, { path: 'timeZone', code });
      await expect(sentTo(refused, 'done')).resolves.toEqual({ sent: [WITH, BODY], end: 'done' });
    },
  );

  it('ends in what is wrong with the rest', async () => {
    const unknown = refusal({ path: 'timeZone', code: 'invalid_time_zone' });
    const taken = refusal({ path: 'email', code: 'email_taken' });
    await expect(sentTo(unknown, taken)).resolves.toEqual({ sent: [WITH, BODY], end: taken });
  });

  it.each([
    ['something else is wrong', refusal({ path: 'email', code: 'required' })],
    ['nobody answers', new Problem('network', 'no')],
  ])('is not sent again when %s', async (_, problem) => {
    await expect(sentTo(problem)).resolves.toEqual({ sent: [WITH], end: problem });
  });
});
