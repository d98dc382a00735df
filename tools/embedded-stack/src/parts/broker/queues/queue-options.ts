import { AmqpError } from '../amqp-error.js';
import { shown, type FieldTable, type FieldValue } from '../wire/field-table.js';

export type QueueType = 'classic' | 'quorum';

export interface QueueProperties {
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
}

/** What a queue was declared with: https://www.rabbitmq.com/docs/queues#optional-arguments */
export interface QueueOptions extends QueueProperties {
  readonly type: QueueType;
  readonly messageTtlMs: number | undefined;
  readonly expiresMs: number | undefined;
  readonly deadLetterExchange: string | undefined;
  readonly deadLetterRoutingKey: string | undefined;
  /** Returns that a message may have before it is given up. */
  readonly deliveryLimit: number;
  readonly maxLength: number;
  readonly overflow: 'drop-head' | 'reject-publish' | 'reject-publish-dlx';
  readonly singleActiveConsumer: boolean;
  readonly args: FieldTable;
}

/** As of RabbitMQ 4.0; -1 is no limit. */
const DEFAULT_DELIVERY_LIMIT = 20;
const UNLIMITED = -1;

type Check = (value: FieldValue) => string | undefined;

const text: Check = (value) => (typeof value === 'string' ? undefined : 'a string');
const truth: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false');
const integerFrom =
  (least: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least
      ? undefined
      : `an integer of at least ${least}`;
const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value as string) ? undefined : `one of ${values.join(', ')}`;

interface Argument {
  /** What was expected instead; undefined when the value is fine. */
  readonly check: Check;
  /** The only type of queues that takes it. */
  readonly only?: QueueType;
}

/** In the order in which a difference is told. */
const ARGUMENTS = new Map<string, Argument>([
  ['x-queue-type', { check: oneOf('classic', 'quorum') }],
  ['x-expires', { check: integerFrom(1) }],
  ['x-message-ttl', { check: integerFrom(0) }],
  ['x-dead-letter-exchange', { check: text }],
  ['x-dead-letter-routing-key', { check: text }],
  ['x-dead-letter-strategy', { check: oneOf('at-most-once', 'at-least-once'), only: 'quorum' }],
  ['x-delivery-limit', { check: integerFrom(UNLIMITED), only: 'quorum' }],
  ['x-max-length', { check: integerFrom(0) }],
  ['x-overflow', { check: oneOf('drop-head', 'reject-publish', 'reject-publish-dlx') }],
  ['x-single-active-consumer', { check: truth }],
]);

/** @throws AmqpError 540 for an unknown argument, 406 for one that is wrong */
export function queueOptions(
  name: string,
  properties: QueueProperties,
  args: FieldTable,
): QueueOptions {
  const type = (args.get('x-queue-type') ?? 'classic') as QueueType;
  for (const [argument, value] of args) checkArgument(name, type, argument, value);
  const refuse = (reason: string) => {
    throw new AmqpError('PRECONDITION_FAILED', `${reason} for queue '${name}' in vhost '/'`);
  };
  const deadLetterExchange = args.get('x-dead-letter-exchange') as string | undefined;
  const deadLetterRoutingKey = args.get('x-dead-letter-routing-key') as string | undefined;
  if (deadLetterRoutingKey !== undefined && deadLetterExchange === undefined)
    refuse("invalid arg 'x-dead-letter-routing-key' without 'x-dead-letter-exchange'");
  if (type === 'quorum') {
    if (!properties.durable) refuse("invalid property 'non-durable'");
    if (properties.exclusive) refuse("invalid property 'exclusive-owner'");
    if (properties.autoDelete) refuse("invalid property 'auto-delete'");
    if (args.get('x-overflow') === 'reject-publish-dlx') refuse("invalid arg 'x-overflow'");
  }
  const limit = (args.get('x-delivery-limit') ?? DEFAULT_DELIVERY_LIMIT) as number;
  return {
    ...properties,
    type,
    messageTtlMs: args.get('x-message-ttl') as number | undefined,
    expiresMs: args.get('x-expires') as number | undefined,
    deadLetterExchange,
    deadLetterRoutingKey,
    deliveryLimit: type === 'quorum' && limit !== UNLIMITED ? limit : Infinity,
    maxLength: (args.get('x-max-length') as number | undefined) ?? Infinity,
    overflow: (args.get('x-overflow') as QueueOptions['overflow'] | undefined) ?? 'drop-head',
    singleActiveConsumer: args.get('x-single-active-consumer') === true,
    args,
  };
}

/** In RabbitMQ's words, how a declaration differs from what is there; undefined when it does not. */
export function difference(
  name: string,
  has: QueueOptions,
  asks: QueueOptions,
): string | undefined {
  const differs = (what: string, received: string, current: string) =>
    `inequivalent arg '${what}' for queue '${name}' in vhost '/': received ${received} but current is ${current}`;
  if (asks.durable !== has.durable)
    return differs('durable', `'${asks.durable}'`, `'${has.durable}'`);
  if (asks.autoDelete !== has.autoDelete)
    return differs('auto_delete', `'${asks.autoDelete}'`, `'${has.autoDelete}'`);
  for (const argument of ARGUMENTS.keys()) {
    const [received, current] = [valueOf(asks, argument), valueOf(has, argument)];
    if (received === current) continue;
    return received === undefined || current === undefined
      ? differs(argument, typed(received), typed(current))
      : differs(argument, `'${shown(received)}'`, `'${shown(current)}'`);
  }
  return undefined;
}

/** As of RabbitMQ 4.x, a declaration without a type asks for a classic queue. */
const valueOf = ({ type, args }: QueueOptions, argument: string) =>
  argument === 'x-queue-type' ? type : args.get(argument);

const WIRE_TYPES: Readonly<Record<string, string>> = {
  string: 'longstr',
  boolean: 'bool',
  number: 'signedint',
};

const typed = (value: FieldValue | undefined) =>
  value === undefined
    ? 'none'
    : `the value '${shown(value)}' of type '${WIRE_TYPES[typeof value]}'`;

function checkArgument(queue: string, type: QueueType, name: string, value: FieldValue): void {
  const argument = ARGUMENTS.get(name);
  if (!argument) throw new AmqpError('NOT_IMPLEMENTED', `argument '${name}' of queue '${queue}'`);
  const refuse = (reason: string) => {
    throw new AmqpError(
      'PRECONDITION_FAILED',
      `invalid arg '${name}' for queue '${queue}' in vhost '/'${reason}`,
    );
  };
  const expected = argument.check(value);
  if (expected) refuse(`: '${shown(value)}' is not ${expected}`);
  if (argument.only && argument.only !== type) refuse(` of queue type rabbit_${type}_queue`);
}
