import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Answer } from '../../line/answer.js';

/** What the line said of a sign-up that goes on: it was let in, comes again after its turn, or has to pay for a place. */
export type Admission = Extract<Answer, { kind: 'let-in' | 'replay' | 'costs' }>;

const admissions = new WeakMap<IncomingMessage, Admission>();

export const admit = (request: IncomingMessage, admission: Admission): void =>
  void admissions.set(request, admission);

/** Undefined with `LINE=off`. */
export const admissionOf = (request: IncomingMessage): Admission | undefined =>
  admissions.get(request);

/** Injects the {@link Admission} of a sign-up. */
export const FromLine = createParamDecorator((_: unknown, context: ExecutionContext) =>
  admissionOf(context.switchToHttp().getRequest<IncomingMessage>()),
);
