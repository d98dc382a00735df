import { decodeTable, type FieldTable } from './wire/field-table.js';
import type { Properties } from './wire/properties.js';
import type { Death } from './queues/deaths.js';

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
