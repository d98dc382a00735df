/** What the names of one application begin with, and the names that it had before. */
export interface NamesOptions {
  /** Up to 40 lower-case letters and digits: `shop` has the exchange `shop.events` and the metric `shop_published`. */
  readonly prefix: string;
  /** The schema of outbox and ledger; `<prefix>_messaging` unless given. */
  readonly schema?: string;
  /** What stands before a consumer's or request's name in that of its queue; `<prefix>.` unless given. */
  readonly queuePrefix?: string;
}

/** PostgreSQL cuts a name at 63 bytes, and keeps `pg_` for itself: https://www.postgresql.org/docs/current/sql-syntax-lexical.html */
const PREFIX = /^(?!pg$)[a-z][a-z0-9]{0,39}$/;
/** In `public` there may be tables of others with the same names. */
const SCHEMA = /^(?!pg_|public$)[a-z][a-z0-9_]{0,62}$/;
const QUEUE_PREFIX = /^([a-z][a-z0-9-]*\.)*$/;

/** The names of one application on a broker and in a database that others may share. */
export class Names {
  readonly prefix: string;
  readonly schema: string;
  readonly queuePrefix: string;
  /** Topic exchange: every event, routed by its type. */
  readonly events: string;
  /** Direct exchange: dead letters, routed by the name of the queue they come from. */
  readonly deadLetters: string;

  /** @throws Error when one of them is no name */
  constructor({
    prefix,
    schema = `${prefix}_messaging`,
    queuePrefix = `${prefix}.`,
  }: NamesOptions) {
    for (const [value, form] of [
      [prefix, PREFIX],
      [schema, SCHEMA],
      [queuePrefix, QUEUE_PREFIX],
    ] as const)
      if (!form.test(value)) throw new Error(`'${value}' does not match ${form}`);
    this.prefix = prefix;
    this.schema = schema;
    this.queuePrefix = queuePrefix;
    this.events = `${prefix}.events`;
    this.deadLetters = `${prefix}.dlx`;
  }

  /** Fanout exchange of hints: every process that listens has a queue of its own there. */
  hints(topic: string): string {
    return `${this.prefix}.${topic}`;
  }

  metric(name: string): string {
    return `${this.prefix}_${name}`;
  }
}
