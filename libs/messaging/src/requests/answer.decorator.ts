import { MessagePattern, Payload } from '@nestjs/microservices';
import type { RequestDefinition } from '../contract/define-request.js';
import type { z } from 'zod';

/** The key under which Nest's pattern extras carry the request. */
export const REQUEST = 'request';

type AnswerMethod<D extends RequestDefinition> = (
  question: z.output<D['question']>,
) => Promise<z.input<D['answer']>>;

/**
 * Makes a controller's method answer a request. There is no ledger, no retry and no dead letter: whoever
 * asked is waiting, and has another way when no answer comes. What is thrown is told to them as a failure.
 */
export function Answer<D extends RequestDefinition>(request: D) {
  return <Method extends AnswerMethod<D>>(
    target: object,
    method: string,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    MessagePattern<string>(request.queue, { [REQUEST]: request })(target, method, descriptor);
    Payload()(target, method, 0);
  };
}
