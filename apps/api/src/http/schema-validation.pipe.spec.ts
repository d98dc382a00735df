import { z } from 'zod';
import { Problem } from './problem.js';
import { schemaValidationPipe } from './schema-validation.pipe.js';

/** With a code of its own. */
const email = z
  .string()
  .trim()
  .toLowerCase()
  .refine((text) => text.includes('@'), { params: { code: 'invalid_email' } });

const schema = z.strictObject({
  email,
  age: z.number().min(18),
  address: z.strictObject({ city: z.string() }).optional(),
  interests: z.array(z.string().max(3)).default([]),
});

const validate = (body: unknown): Promise<unknown> =>
  Promise.resolve(schemaValidationPipe.transform(body, { type: 'body', schema }));

/** The problem that this body is refused with. */
async function refusal(body: unknown): Promise<Problem> {
  const error = await validate(body).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Problem);
  return error as Problem;
}

const codesAt = ({ errors = [] }: Problem) =>
  Object.fromEntries(errors.map(({ path, code }) => [path, code]));

describe('a body with a schema', () => {
  it('is passed on as the schema reads it', async () => {
    expect(await validate({ email: ' Mike@EXAMPLE.com', age: 18 })).toEqual({
      email: 'mike@example.com',
      age: 18,
      interests: [],
    });
  });

  it('is refused with every problem at once, each with its path and a stable code', async () => {
    const problem = await refusal({
      email: 'mike',
      age: 7,
      address: { city: 7 },
      interests: ['ok', 'much too long'],
    });

    expect(problem).toMatchObject({ code: 'validation_failed', status: 422 });
    expect(codesAt(problem)).toEqual({
      email: 'invalid_email',
      age: 'too_small',
      'address.city': 'invalid_type',
      'interests.1': 'too_big',
    });
  });

  it('is told which properties are missing', async () => {
    const { errors } = await refusal({ address: {} });

    expect(errors).toEqual(
      ['email', 'age', 'address.city'].map((path) => ({
        path,
        code: 'required',
        message: 'is required',
      })),
    );
  });

  it('is told that null is of the wrong type rather than missing', async () => {
    expect(codesAt(await refusal({ email: 'mike@example.com', age: null }))).toEqual({
      age: 'invalid_type',
    });
  });

  it('is told each property that it must not have', async () => {
    const problem = await refusal({
      email: 'mike@example.com',
      age: 18,
      isAdmin: true,
      address: { city: 'Ulm', planet: 'Earth' },
    });

    expect(codesAt(problem)).toEqual({
      'address.planet': 'unknown_property',
      isAdmin: 'unknown_property',
    });
  });

  it('is answered briefly, however many unknown properties it has and however long they are', async () => {
    const unknown = Array.from({ length: 1_000 }, (_, i) => [`${i}${'x'.repeat(1_000)}`, 1]);
    const { errors = [] } = await refusal({
      email: 'mike@example.com',
      age: 18,
      ...Object.fromEntries(unknown),
    });

    expect(errors).toHaveLength(50);
    expect(Math.max(...errors.map(({ path }) => path.length))).toBe(100);
  });

  it.each([undefined, null, 'text', 7, []])('may not be %p', async (body) => {
    const { errors } = await refusal(body);

    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.path).toBe('');
  });

  it('is not repeated in the answer', async () => {
    const problem = await refusal({ email: 'hunter2', age: 'hunter2', address: 'hunter2' });

    expect(problem.errors).toHaveLength(3);
    expect(JSON.stringify(problem.toBody())).not.toContain('hunter2');
  });
});
