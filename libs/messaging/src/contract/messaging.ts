import type { EventDefinition } from './define-event.js';
import type { RequestDefinition } from './define-request.js';
import type { Subscription } from './define-subscription.js';
import { Names, type NamesOptions } from './names.js';

/** All that the processes of one application share. */
export interface MessagingDefinition extends NamesOptions {
  /** Every event that is published. */
  readonly events: readonly EventDefinition[];
  /** Who gets what: the one list that topology, relay, start checks and reconciliation read. */
  readonly subscriptions: readonly Subscription[];
  /** What apps answer while somebody waits. */
  readonly requests?: readonly RequestDefinition[];
  /** Topics of hints beside {@link PROGRESS} and {@link OUTBOX}. */
  readonly hintTopics?: readonly string[];
}

/** The topic of hints that the ledger has changed for a subject. */
export const PROGRESS = 'progress';

/** The topic of hints that a process which does not relay has written to the outbox. */
export const OUTBOX = 'outbox';

/** One application's messaging: its names, and the definitions under them. */
export class Messaging {
  readonly names: Names;
  readonly events: readonly EventDefinition[];
  /** With the names of their queues as consumers. */
  readonly subscriptions: readonly Subscription[];
  readonly requests: readonly RequestDefinition[];
  readonly hintTopics: readonly string[];
  private readonly underItsName = new Map<object, object>();

  /** @throws Error when an event is another application's, is missing, or two definitions have one name */
  constructor(readonly definition: MessagingDefinition) {
    this.names = new Names(definition);
    const { events, subscriptions, requests = [], hintTopics = [] } = definition;
    const { prefix, queuePrefix } = this.names;
    const foreign = [...events, ...subscriptions.flatMap((each) => each.events)].find(
      (event) => event.prefix !== prefix,
    );
    if (foreign)
      throw new Error(`'${foreign.type}' has the prefix '${foreign.prefix}', not '${prefix}'`);
    const unknown = subscriptions.find(
      (each) => !each.events.every((event) => events.includes(event)),
    );
    if (unknown) throw new Error(`'${unknown.consumer}' subscribes to no event of the application`);
    this.events = events;
    this.subscriptions = subscriptions.map((each) =>
      this.name(each, { consumer: `${queuePrefix}${each.consumer}` }),
    );
    this.requests = requests.map((each) =>
      this.name(each, { queue: `${queuePrefix}${each.queue}` }),
    );
    this.hintTopics = [PROGRESS, OUTBOX, ...hintTopics];
    refuseRepeated('the exchange', [
      this.names.events,
      this.names.deadLetters,
      ...this.hintTopics.map((topic) => this.names.hints(topic)),
    ]);
    refuseRepeated(
      'the type',
      this.events.map(({ type }) => type),
    );
    refuseRepeated('the queue', [
      ...this.subscriptions.map(({ consumer }) => consumer),
      ...this.requests.map(({ queue }) => queue),
    ]);
  }

  /** A definition under the name of its queue; undefined when it is in none of the lists. */
  find<D extends Subscription | RequestDefinition>(definition: D): D | undefined {
    return this.underItsName.get(definition) as D | undefined;
  }

  /** The consumers that are to handle an event of this type. */
  consumersOf(type: string): string[] {
    return this.subscriptions
      .filter(({ events }) => events.some((event) => event.type === type))
      .map(({ consumer }) => consumer);
  }

  /** The steps that an event of this type leads to. */
  stepsOf(type: string): string[] {
    return this.subscriptions
      .filter(({ events }) => events.some((event) => event.type === type))
      .flatMap(({ step }) => step ?? []);
  }

  private name<D extends object>(definition: D, name: Partial<D>): D {
    const named = this.names.queuePrefix === '' ? definition : { ...definition, ...name };
    this.underItsName.set(definition, named);
    return named;
  }
}

function refuseRepeated(what: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`two definitions have ${what} '${repeated}'`);
}
