/** Reply codes: AMQP 0-9-1, section 1.2 "Constants". */
const REPLY_CODES = {
  NO_ROUTE: 312,
  CONNECTION_FORCED: 320,
  ACCESS_REFUSED: 403,
  NOT_FOUND: 404,
  RESOURCE_LOCKED: 405,
  PRECONDITION_FAILED: 406,
  FRAME_ERROR: 501,
  SYNTAX_ERROR: 502,
  COMMAND_INVALID: 503,
  CHANNEL_ERROR: 504,
  UNEXPECTED_FRAME: 505,
  RESOURCE_ERROR: 506,
  NOT_ALLOWED: 530,
  NOT_IMPLEMENTED: 540,
  INTERNAL_ERROR: 541,
} as const;

export type ReplyName = keyof typeof REPLY_CODES;

const SHORTSTR_MAX_BYTES = 255;

/** Why a channel or a connection is closed; the wording is RabbitMQ's where a client may read it. */
export class AmqpError extends Error {
  readonly code: number;
  /** Class and number of the method that was being done; zeros when it was none. */
  method: readonly [classId: number, methodId: number] = [0, 0];

  constructor(
    readonly reply: ReplyName,
    detail: string,
  ) {
    super(`${reply} - ${detail}`);
    this.name = 'AmqpError';
    this.code = REPLY_CODES[reply];
  }

  /** A hard error ends the connection, a soft one the channel alone. */
  get endsConnection(): boolean {
    return this.code === REPLY_CODES.CONNECTION_FORCED || this.code >= REPLY_CODES.FRAME_ERROR;
  }

  /** The message as a short string can carry it. */
  get replyText(): string {
    const bytes = Buffer.from(this.message);
    if (bytes.length <= SHORTSTR_MAX_BYTES) return this.message;
    // A character that is cut through becomes U+FFFD of three bytes, so there has to be room for it.
    return bytes.toString('utf8', 0, SHORTSTR_MAX_BYTES - 2);
  }
}

export const replyCode = (reply: ReplyName): number => REPLY_CODES[reply];
