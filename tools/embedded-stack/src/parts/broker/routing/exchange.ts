import { isDeepStrictEqual } from 'node:util';
import type { Message } from '../message.js';
import type { Queue } from '../queues/queue.js';
import type { FieldTable } from '../wire/field-table.js';
import { headersMatcher } from './headers-match.js';
import { patternOf, topicMatches, wordsOf } from './topic-match.js';

type Matcher = (message: Message) => boolean;

/** Makes the test of one binding. */
const MATCHERS = {
  direct: (key: string): Matcher => {
    return ({ routingKey }) => routingKey === key;
  },
  fanout: (): Matcher => () => true,
  topic: (key: string): Matcher => {
    const pattern = patternOf(key);
    return ({ routingKey }) => topicMatches(pattern, wordsOf(routingKey));
  },
  headers: (_key: string, args: FieldTable): Matcher => {
    const matches = headersMatcher(args);
    return ({ headers }) => matches(headers);
  },
} as const;

export type ExchangeType = keyof typeof MATCHERS;
export const isExchangeType = (type: string): type is ExchangeType => Object.hasOwn(MATCHERS, type);

export interface ExchangeOptions {
  readonly type: ExchangeType;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
}

interface Binding {
  readonly destination: Queue | Exchange;
  readonly key: string;
  readonly args: FieldTable;
  readonly matches: Matcher;
}

/** Gives messages to the queues and exchanges that are bound to it. */
export class Exchange {
  private bindings: Binding[] = [];

  constructor(
    readonly name: string,
    readonly options: ExchangeOptions,
  ) {}

  get isUsed(): boolean {
    return this.bindings.length > 0;
  }

  /** A binding is there once, however often it is made. @throws AmqpError 406 for arguments that make no sense */
  bind(destination: Queue | Exchange, key: string, args: FieldTable): void {
    if (this.bindings.some((binding) => isSame(binding, destination, key, args))) return;
    const matches = MATCHERS[this.options.type](key, args);
    this.bindings.push({ destination, key, args, matches });
  }

  /** @returns whether a binding was taken away */
  unbind(destination: Queue | Exchange, key: string, args: FieldTable): boolean {
    return this.keep((binding) => !isSame(binding, destination, key, args));
  }

  unbindAll(destination: Queue | Exchange): boolean {
    return this.keep((binding) => binding.destination !== destination);
  }

  /** Collects the queues that a message goes to, each once, over any number of exchanges. */
  route(message: Message, into = new Set<Queue>(), passed = new Set<Exchange>()): Set<Queue> {
    if (passed.has(this)) return into;
    passed.add(this);
    for (const { destination, matches } of this.bindings) {
      if (!matches(message)) continue;
      if (destination instanceof Exchange) destination.route(message, into, passed);
      else into.add(destination);
    }
    return into;
  }

  private keep(stays: (binding: Binding) => boolean): boolean {
    const before = this.bindings.length;
    this.bindings = this.bindings.filter(stays);
    return this.bindings.length < before;
  }
}

const isSame = (binding: Binding, destination: Queue | Exchange, key: string, args: FieldTable) =>
  binding.destination === destination &&
  binding.key === key &&
  isDeepStrictEqual(binding.args, args);
