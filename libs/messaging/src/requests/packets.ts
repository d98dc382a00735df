/**
 * What requests look like on the wire: the packets of Nest's own RabbitMQ transport, so that its `ClientRMQ`
 * can ask and its server can answer. https://docs.nestjs.com/microservices/rabbitmq
 */
export interface QuestionPacket {
  readonly pattern: string;
  readonly data: unknown;
  readonly id: string;
}

export interface AnswerPacket {
  readonly id: string;
  readonly response?: unknown;
  /** What went wrong. */
  readonly err?: unknown;
  /** Always: nothing comes after it. */
  readonly isDisposed: boolean;
}

export const encode = (packet: QuestionPacket | AnswerPacket): Buffer =>
  Buffer.from(JSON.stringify(packet));

/** @throws SyntaxError when it is no JSON */
export const decode = (content: Buffer): Record<string, unknown> =>
  Object(JSON.parse(content.toString('utf8'))) as Record<string, unknown>;
