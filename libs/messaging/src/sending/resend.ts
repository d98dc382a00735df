import type { CloudEvent } from '../contract/event-envelope.js';
import type { OutgoingMessage } from './outgoing-message.js';
import { eventMessage } from './event-message.js';
import type { DeliveryHistory } from './message-headers.js';

/** An event that goes once more to one consumer alone, past the exchange, with what is known of its past. */
export function resend(
  event: CloudEvent,
  consumer: string,
  past: Partial<DeliveryHistory> & { readonly promoted?: boolean } = {},
): OutgoingMessage {
  const { failedAttempts = 0, firstFailedAt, replayCount = 0, promoted = false } = past;
  const message = eventMessage(event, '', consumer, !promoted);
  const headers = {
    ...(failedAttempts > 0 && { 'retry-attempt': failedAttempts }),
    ...(firstFailedAt && { 'first-failed-at': firstFailedAt.toISOString() }),
    // A replay is a new trace; what is only sent late goes on with its own.
    ...(replayCount > 0 ? { 'replay-count': replayCount } : message.properties.headers),
  };
  return { ...message, properties: { ...message.properties, headers } };
}
