import type { CloudEvent } from '#libs/contracts';
import type { OutgoingMessage } from './confirm-publisher.js';
import { eventMessage } from './event-message.js';

/** An event that goes once more to one consumer alone, past the exchange, with what is known of its past. */
export function resend(
  event: CloudEvent,
  consumer: string,
  past: { failedAttempts?: number; replayCount?: number } = {},
): OutgoingMessage {
  const message = eventMessage(event, '', consumer);
  const { failedAttempts = 0, replayCount = 0 } = past;
  const headers = {
    ...(failedAttempts > 0 && { 'retry-attempt': failedAttempts }),
    ...(replayCount > 0 && { 'replay-count': replayCount }),
  };
  return { ...message, properties: { ...message.properties, headers } };
}
