import type { z } from 'zod';

/** A question to an app that somebody waits for; it is asked through the queue of its name, or not at all. */
export interface RequestDefinition<
  Question extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  /** `<app>.<what is asked for>` */
  readonly queue: string;
  /** The app that answers. */
  readonly app: string;
  /** How long whoever asks will wait; after that the broker drops the question. */
  readonly deadlineMs: number;
  readonly question: Question;
  readonly answer: Answer;
}

const QUEUE = /^[a-z][a-z-]*\.[a-z][a-z-]*$/;

/**
 * Defines a request.
 * @throws Error when the queue is not named `<app>.<what is asked for>`
 */
export function defineRequest<Question extends z.ZodType, Answer extends z.ZodType>(
  queue: string,
  parts: { deadlineMs: number; question: Question; answer: Answer },
): RequestDefinition<Question, Answer> {
  if (!QUEUE.test(queue)) throw new Error(`'${queue}' is not <app>.<what is asked for>`);
  return { queue, app: queue.slice(0, queue.indexOf('.')), ...parts };
}
