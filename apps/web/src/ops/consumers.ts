import type { Queue } from './types.js';

/** What a queue holds, or null while the broker cannot say. */
type Figure = number | null;

/** One consumer's queues in one line. */
export interface Consumer {
  readonly name: string;
  readonly waiting: Figure;
  readonly workers: Figure;
  /** In all of its wait queues. */
  readonly retrying: Figure;
  readonly deadLetters: Figure;
}

/** Whether the broker cannot say what one of its queues holds. */
export const isUnknown = ({ waiting, workers, retrying, deadLetters }: Consumer): boolean =>
  [waiting, workers, retrying, deadLetters].includes(null);

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
    retrying: messagesOf(
      queues.filter((queue) => queue.name.replace(WAIT_QUEUE, '') === name && queue.name !== name),
    ),
    deadLetters: messagesOf(queues.filter((queue) => queue.name === `${name}.dlq`)),
  }));
}

/** All of them together; one that is not known makes the sum unknown. */
const messagesOf = (queues: readonly Queue[]): Figure =>
  queues.reduce<Figure>(
    (sum, { messages }) => (sum === null || messages === null ? null : sum + messages),
    0,
  );
