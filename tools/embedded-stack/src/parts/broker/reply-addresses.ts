import { randomBytes } from 'node:crypto';
import type { Message } from './message.js';

/** https://www.rabbitmq.com/docs/direct-reply-to */
export const REPLY_TO = 'amq.rabbitmq.reply-to';
const PREFIX = `${REPLY_TO}.`;
const ADDRESS = /^amq\.rabbitmq\.reply-to\.[\w-]{22}$/;

/** Addresses of those who wait for direct replies; an answer to one that is gone is dropped. */
export class ReplyAddresses {
  private readonly receivers = new Map<string, (message: Message) => void>();

  open(receive: (message: Message) => void): string {
    const address = PREFIX + randomBytes(16).toString('base64url');
    this.receivers.set(address, receive);
    return address;
  }

  close(address: string): void {
    this.receivers.delete(address);
  }

  has(address: string): boolean {
    return this.receivers.has(address);
  }

  /** Whether a message is a direct reply; as of RabbitMQ 4.2, one whose asker is gone counts as routed. */
  takes(message: Message): boolean {
    if (!ADDRESS.test(message.routingKey)) return false;
    this.receivers.get(message.routingKey)?.(message);
    return true;
  }
}
