import type { Message } from '../message.js';
import type { FieldTable } from '../wire/field-table.js';
import type { Fields, MethodName } from '../wire/methods.js';

/** Methods that a content follows. */
export type ContentMethod = 'basic.deliver' | 'basic.get-ok' | 'basic.return';

/** What a channel needs of its connection. */
export interface Line {
  /** Who logged in. */
  readonly user: string;
  /** The client does not read as fast as it is written to: nothing more is delivered for now. */
  readonly isCongested: boolean;
  /** What was written to it and is still here. */
  readonly unreadBytes: number;
  /** Whether the client wants to be told of consumers that the broker ends. */
  readonly hearsOfCancels: boolean;
  send<N extends MethodName>(channel: number, name: N, fields: Fields<N>): void;
  /** @param headers set on this copy alone */
  sendContent<N extends ContentMethod>(
    channel: number,
    name: N,
    fields: Fields<N>,
    message: Message,
    headers?: FieldTable,
  ): void;
}
