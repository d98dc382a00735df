import { decodeTable, type FieldTable } from './wire/field-table.js';
import type { Properties } from './wire/properties.js';

/** Why a message left a queue without being settled. */
export type DeathReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit';

/** How often a message died in one queue for one reason: https://www.rabbitmq.com/docs/dlx#effects */
export interface Death {
  readonly queue: string;
  readonly reason: DeathReason;
  readonly count: number;
  readonly time: Date;
  readonly exchange: string;
  readonly routingKey: string;
  readonly expiration: string | undefined;
}

/** What is kept of a message beside its body and headers, roughly. */
const OVERHEAD_BYTES = 512;

/** A published message; the queues that hold it share it. */
export class Message {
  private decodedHeaders: FieldTable | undefined;

  constructor(
    readonly exchange: string,
    readonly routingKey: string,
    readonly properties: Properties,
    readonly body: Buffer,
    /** How it died in queues before, the latest first. */
    readonly deaths: readonly Death[] = [],
    /** Deliveries that failed in quorum queues before; a dead letter takes them along. */
    readonly failures = 0,
  ) {}

  get headers(): FieldTable {
    this.decodedHeaders ??= this.properties.headers
      ? decodeTable(this.properties.headers)
      : new Map();
    return this.decodedHeaders;
  }

  /** What it is counted as by the memory alarm. */
  get bytes(): number {
    return this.body.length + (this.properties.headers?.length ?? 0) + OVERHEAD_BYTES;
  }
}
