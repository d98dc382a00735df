import { within } from './within.js';

const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Waits for the broker's answer to a close or a cancel, for 2 s at most: one that is silent is not waited
 * for, and amqplib never settles a close whose connection is lost before the answer. Never rejects, since
 * what cannot be closed is closed already.
 */
export async function answered(request: Promise<unknown> | undefined): Promise<void> {
  if (request) await within(ANSWER_TIMEOUT_MS, request).catch(() => undefined);
}
