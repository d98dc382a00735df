import { ERROR_CODES, type ErrorCode } from './error-codes.js';
import { notFound, Problem } from './problem.js';

describe('a problem', () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])(
    '%s is told by code, title and status, as RFC 9457 has it',
    (code) => {
      const { status, title } = ERROR_CODES[code];

      expect(new Problem(code).toBody()).toEqual({
        type: `urn:usher:problem:${code}`,
        title,
        status,
        code,
        detail: title,
      });
    },
  );

  it('may say more about this occurrence than its title does', () => {
    expect(new Problem('bad_request', 'The cursor is of another list').toBody()).toMatchObject({
      title: ERROR_CODES.bad_request.title,
      detail: 'The cursor is of another list',
    });
  });

  it('names the fields that are wrong', () => {
    const errors = [{ path: 'interests.3', code: 'too_big', message: 'is too long' }];

    expect(new Problem('validation_failed', undefined, { errors }).toBody()).toMatchObject({
      errors,
    });
  });

  it('is an error whose stack is never told', () => {
    const problem = new Problem('internal_error');

    expect(problem).toBeInstanceOf(Error);
    expect(JSON.stringify(problem.toBody())).not.toContain('problem.spec');
  });

  it('of a resource that is not there, or is not the caller’s, is 404', () => {
    expect(notFound()).toMatchObject({ code: 'not_found', status: 404 });
  });
});

describe('the codes of problems', () => {
  it('are HTTP errors in lower case', () => {
    for (const [code, { status }] of Object.entries(ERROR_CODES)) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });
});
