import type { Channel, ConsumeMessage } from 'amqplib';

/** The right to settle one delivery, once, on the channel that delivered it; without effect when stale. */
export interface Acknowledgement {
  /** Whether the delivery is no longer ours: the broker delivers the message again, and nothing may be settled here. */
  readonly isStale: boolean;
  /** Fires when the delivery becomes stale. */
  readonly onStale: AbortSignal;
  readonly isSettled: boolean;
  ack(): void;
  /** Hands a message back that failed here. It is a reject: RabbitMQ 4.3 does not count a nack as a failed delivery. */
  requeue(): void;
  /** Gives the message up: the broker moves it to the dead letters as it is. */
  giveUp(): void;
}

/** @param onStale fires when the channel closes or its consumer is cancelled */
export function acknowledgementOf(
  message: ConsumeMessage,
  channel: Channel,
  onStale: AbortSignal,
): Acknowledgement {
  let isSettled = false;
  const once = (settle: () => void) => () => {
    // A second settlement would close the channel with 406.
    if (isSettled || onStale.aborted) return;
    isSettled = true;
    settle();
  };
  return {
    get isStale() {
      return onStale.aborted;
    },
    onStale,
    get isSettled() {
      return isSettled;
    },
    ack: once(() => channel.ack(message)),
    requeue: once(() => channel.reject(message, true)),
    giveUp: once(() => channel.reject(message, false)),
  };
}
