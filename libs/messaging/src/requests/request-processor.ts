import { Logger } from '@nestjs/common';
import type { RequestDefinition } from '../contract/define-request.js';
import type { ConsumeMessage } from 'amqplib';
import type { Acknowledgement } from '../connection/acknowledgement.js';
import type { ConfirmPublisher } from '../sending/confirm-publisher.js';
import { inProcessSpan } from '../connection/process-span.js';
import { decode, encode } from './packets.js';

/** A method that answers, with Nest's pipes, guards, interceptors and filters around it. */
export type RequestHandler = (question: unknown) => Promise<unknown>;

/** Takes one request from its arrival to its answer. */
export class RequestProcessor {
  private readonly logger = new Logger(RequestProcessor.name);

  constructor(
    private readonly request: RequestDefinition,
    private readonly handler: RequestHandler,
    private readonly publisher: ConfirmPublisher,
  ) {}

  /** Never rejects. */
  async process(message: ConsumeMessage, acknowledgement: Acknowledgement): Promise<void> {
    await inProcessSpan(this.request.queue, message, () => this.reply(message));
    acknowledgement.ack();
  }

  private async reply(message: ConsumeMessage): Promise<void> {
    const { replyTo, correlationId } = message.properties;
    if (typeof replyTo === 'string' && typeof correlationId === 'string') {
      // Whoever asked may be gone, and then nobody misses it.
      await this.publisher.publish({
        exchange: '',
        routingKey: replyTo,
        content: await this.answer(message.content, correlationId),
        properties: { messageId: correlationId, correlationId, type: 'answer' },
        mandatory: false,
      });
    }
  }

  private async answer(content: Buffer, id: string): Promise<Buffer> {
    try {
      const question = this.request.question.parse(decode(content)['data']);
      return encode({ id, response: await this.handler(question), isDisposed: true });
    } catch (error) {
      const { message } = error as Error;
      this.logger.warn(`${this.request.queue}: ${message}`);
      return encode({ id, err: { message }, isDisposed: true });
    }
  }
}
