import { AmqpError } from '../amqp-error.js';
import type { Queue } from '../queues/queue.js';
import type { FieldTable } from '../wire/field-table.js';
import { Exchange, isExchangeType, type ExchangeOptions } from './exchange.js';

const RESERVED_PREFIX = 'amq.';
const PREDECLARED = [
  ['amq.direct', 'direct'],
  ['amq.fanout', 'fanout'],
  ['amq.topic', 'topic'],
  ['amq.headers', 'headers'],
  ['amq.match', 'headers'],
] as const;

/** What `exchange.declare` asks for. */
export interface ExchangeDeclaration extends Omit<ExchangeOptions, 'type'> {
  readonly type: string;
}

/** One binding, as a client names it. */
export interface BindingRequest {
  readonly source: string;
  readonly destination: Queue | Exchange;
  readonly key: string;
  readonly args: FieldTable;
}

/** All exchanges and their bindings; the default exchange has no name and no bindings of its own. */
export class Exchanges {
  private readonly byName = new Map<string, Exchange>(
    PREDECLARED.map(([name, type]) => [
      name,
      new Exchange(name, { type, durable: true, autoDelete: false, internal: false }),
    ]),
  );

  /** Also true for the default exchange. */
  has(name: string): boolean {
    return name === '' || this.byName.has(name);
  }

  /** Undefined for the default exchange. @throws AmqpError 404 */
  get(name: string): Exchange | undefined {
    return name === '' ? undefined : this.named(name);
  }

  /** @throws AmqpError 406 for an unknown type and when it is there and different, 403 for a reserved name */
  declare(name: string, { type, ...rest }: ExchangeDeclaration): void {
    if (!isExchangeType(type))
      throw new AmqpError('PRECONDITION_FAILED', `unknown exchange type '${type}'`);
    refuseDefault(name);
    const existing = this.byName.get(name);
    if (existing) {
      assertSame(existing, { type, ...rest });
      return;
    }
    refuseReserved(name);
    this.byName.set(name, new Exchange(name, { type, ...rest }));
  }

  /** What is missing already is fine. @throws AmqpError 403 for a predeclared one, 406 when in use and that matters */
  delete(name: string, ifUnused: boolean): void {
    refuseDefault(name);
    if (name.startsWith(RESERVED_PREFIX))
      throw new AmqpError(
        'ACCESS_REFUSED',
        `deletion of system exchange '${name}' in vhost '/' not allowed`,
      );
    const exchange = this.byName.get(name);
    if (!exchange) return;
    if (ifUnused && exchange.isUsed)
      throw new AmqpError('PRECONDITION_FAILED', `exchange '${name}' in vhost '/' in use`);
    this.remove(exchange);
  }

  bind({ source, destination, key, args }: BindingRequest): void {
    refuseDefault(source);
    this.named(source).bind(destination, key, args);
  }

  /** What is missing already is fine. */
  unbind({ source, destination, key, args }: BindingRequest): void {
    refuseDefault(source);
    const exchange = this.byName.get(source);
    if (exchange?.unbind(destination, key, args)) this.removeIfDone(exchange);
  }

  unbindAll(destination: Queue | Exchange): void {
    for (const exchange of this.byName.values())
      if (exchange.unbindAll(destination)) this.removeIfDone(exchange);
  }

  find(name: string): Exchange | undefined {
    return this.byName.get(name);
  }

  /** @throws AmqpError 404, and 403 for the default exchange */
  named(name: string): Exchange {
    refuseDefault(name);
    const exchange = this.byName.get(name);
    if (!exchange) throw new AmqpError('NOT_FOUND', `no exchange '${name}' in vhost '/'`);
    return exchange;
  }

  /** An auto-delete exchange goes with its last binding. */
  private removeIfDone(exchange: Exchange): void {
    if (exchange.options.autoDelete && !exchange.isUsed) this.remove(exchange);
  }

  private remove(exchange: Exchange): void {
    this.byName.delete(exchange.name);
    this.unbindAll(exchange);
  }
}

function refuseDefault(name: string): void {
  if (name === '')
    throw new AmqpError('ACCESS_REFUSED', 'operation not permitted on the default exchange');
}

function refuseReserved(name: string): void {
  if (name.startsWith(RESERVED_PREFIX))
    throw new AmqpError(
      'ACCESS_REFUSED',
      `exchange name '${name}' contains reserved prefix 'amq.*'`,
    );
}

/** In RabbitMQ's words and order. */
function assertSame({ name, options }: Exchange, asked: ExchangeOptions): void {
  const fields = [
    ['type', 'type'],
    ['durable', 'durable'],
    ['auto_delete', 'autoDelete'],
    ['internal', 'internal'],
  ] as const;
  for (const [word, field] of fields) {
    if (options[field] === asked[field]) continue;
    throw new AmqpError(
      'PRECONDITION_FAILED',
      `inequivalent arg '${word}' for exchange '${name}' in vhost '/': ` +
        `received '${asked[field]}' but current is '${options[field]}'`,
    );
  }
}
