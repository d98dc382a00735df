import type { ConsumeMessage } from 'amqplib';
import { sleep } from '#libs/service-defaults';
import type { Acknowledgement } from '../connection/acknowledgement.js';
import { failedDeliveries } from './delivery-count.js';

/** The pause before a message goes back to its queue doubles with each delivery between these two. */
const PAUSE_MS = { atLeast: 200, atMost: 10_000 };

/**
 * Settles a delivery on which our own code has failed outside the path of failures. The message goes back
 * to the queue after a pause; with the delivery number `limit` the broker moves it to the dead letters.
 * @param stopping ends the pause
 */
export async function settleDefect(
  message: ConsumeMessage,
  acknowledgement: Acknowledgement,
  limit: number,
  stopping: AbortSignal,
): Promise<void> {
  const failed = failedDeliveries(message);
  if (failed + 1 >= limit) acknowledgement.giveUp();
  if (acknowledgement.isSettled) return;
  const pauseMs = Math.min(PAUSE_MS.atMost, PAUSE_MS.atLeast * 2 ** failed);
  await sleep(pauseMs, AbortSignal.any([acknowledgement.onStale, stopping]));
  acknowledgement.requeue();
}
