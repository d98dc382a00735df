import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { z } from 'zod';
import { Problem, type FieldError } from './problem.js';

/** Nest drops the keys that could reach a prototype; zod refuses them like every other unknown one. */
class StrictPipe extends StandardSchemaValidationPipe {
  protected override stripProtoKeys(): void {}
}

/** Checks `@Body`, `@Query` and `@Param` values that carry a schema; every problem of the value is told at once. */
export const schemaValidationPipe = new StrictPipe({
  exceptionFactory: (issues) =>
    new Problem('validation_failed', undefined, {
      errors: (issues as unknown as z.core.$ZodIssue[])
        .slice(0, MAX_ERRORS)
        .flatMap(fieldErrors)
        .filter(isFirst)
        .slice(0, MAX_ERRORS),
    }),
});

/** Enough to mend a request; a hostile one must not make an endless answer. */
const MAX_ERRORS = 50;
const MAX_KEY_CHARACTERS = 100;

/** Two limits of one field may tell the same. */
const isFirst = ({ path, code }: FieldError, index: number, all: FieldError[]) =>
  all.findIndex((other) => other.path === path && other.code === code) === index;

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MAX_ERRORS).map((key) => ({
      path: [...path, key.slice(0, MAX_KEY_CHARACTERS)].join('.'),
      code: 'unknown_property',
      message: 'is not a property of this request',
    }));
  }
  const missing =
    issue.code === 'invalid_type' &&
    issue.input === undefined &&
    /received undefined/.test(issue.message);
  return [
    {
      path: path.join('.'),
      code: missing
        ? 'required'
        : issue.code === 'custom'
          ? ((issue.params?.['code'] as string) ?? 'invalid')
          : issue.code,
      message: missing ? 'is required' : issue.message,
    },
  ];
}
