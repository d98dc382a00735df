import { AmqpError } from '../amqp-error.js';
import type { FieldTable } from '../wire/field-table.js';
import type { Fields, MethodName } from '../wire/methods.js';
import type { Channel } from './channel.js';

/** What is done for each method of an open channel. */
export type MethodHandlers = {
  readonly [N in MethodName]?: (channel: Channel, fields: Fields<N>) => void;
};

/** @throws AmqpError 540 for any argument: none is known here */
export function refuseArguments(args: FieldTable, what: string): void {
  const [name] = args.keys();
  if (name !== undefined) throw new AmqpError('NOT_IMPLEMENTED', `argument '${name}' of ${what}`);
}
