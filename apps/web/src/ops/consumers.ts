import type { Queue } from './types.js';

/** One consumer's queues in one line. */
export interface Consumer {
  readonly name: string;
  readonly waiting: number;
  readonly workers: number;
  /** In all of its wait queues. */
  readonly retrying: number;
  readonly deadLetters: number;
}

const WAIT_QUEUE = /\.retry\.[^.]+$/;
const DEAD_LETTER_QUEUE = /\.dlq$/;

/** Groups queues by the consumer whose name they begin with. */
export function consumersOf(queues: readonly Queue[]): Consumer[] {
  const handlers = queues.filter(
    ({ name }) => !WAIT_QUEUE.test(name) && !DEAD_LETTER_QUEUE.test(name),
  );
  return handlers.map(({ name, messages, consumers }) => ({
    name,
    waiting: messages,
    workers: consumers,
    retrying: queues
      .filter((queue) => queue.name.replace(WAIT_QUEUE, '') === name && queue.name !== name)
      .reduce((sum, queue) => sum + queue.messages, 0),
    deadLetters: queues.find((queue) => queue.name === `${name}.dlq`)?.messages ?? 0,
  }));
}
