import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../http/error-codes.js';
import { PROBLEM_CONTENT } from '../http/problem.schema.js';

/** What an operation answers when all is well: by status, the schema of the body, or null when there is none. */
export type Answers = Readonly<Record<number, z.ZodType | null>>;

/** An error of an operation; with a status where that is another one than the code's. */
type DocumentedCode = ErrorCode | readonly [code: ErrorCode, status: number];

/**
 * Describes an operation for `/openapi.json`. Path, parameters and body are known already; `codes` are the
 * errors that are its own, beside those that any request may meet.
 */
export const Documented = (summary: string, answers: Answers, ...codes: DocumentedCode[]) =>
  applyDecorators(
    ApiOperation({ summary }),
    ...Object.entries(answers).map(([status, schema]) =>
      ApiResponse({
        status: Number(status),
        description: STATUS_CODES[status] ?? '',
        ...(schema && { standardSchema: schema }),
      }),
    ),
    ...[...byStatus(codes)].map(([status, names]) =>
      ApiResponse({
        status,
        description: names.map((name) => `\`${name}\``).join(', '),
        content: PROBLEM_CONTENT,
      }),
    ),
    ApiResponse({
      status: 'default',
      description: 'Any other error; `code` tells which',
      content: PROBLEM_CONTENT,
    }),
  );

function byStatus(codes: readonly DocumentedCode[]): Map<number, ErrorCode[]> {
  const found = new Map<number, ErrorCode[]>();
  for (const each of codes) {
    const [code, status] = typeof each === 'string' ? [each, ERROR_CODES[each].status] : each;
    found.set(status, [...(found.get(status) ?? []), code]);
  }
  return found;
}
