import { AmqpError } from '../amqp-error.js';

/** Reads the elementary types of AMQP 0-9-1 one after the other. @throws AmqpError 502 when the bytes end early */
export class Reader {
  private position = 0;

  constructor(private readonly bytes: Buffer) {}

  get offset(): number {
    return this.position;
  }

  get isAtEnd(): boolean {
    return this.position === this.bytes.length;
  }

  octet(): number {
    return this.bytes.readUInt8(this.skip(1));
  }

  short(): number {
    return this.bytes.readUInt16BE(this.skip(2));
  }

  long(): number {
    return this.bytes.readUInt32BE(this.skip(4));
  }

  longlong(): bigint {
    return this.bytes.readBigUInt64BE(this.skip(8));
  }

  shortstr(): string {
    return this.take(this.octet()).toString('utf8');
  }

  /** A short string of bytes, one character for each. */
  shortbytes(): string {
    return this.take(this.octet()).toString('latin1');
  }

  longstr(): Buffer {
    return this.take(this.long());
  }

  /** The next bytes, not copied. */
  take(length: number): Buffer {
    const start = this.skip(length);
    return this.bytes.subarray(start, start + length);
  }

  /** What was read since `start`, not copied. */
  since(start: number): Buffer {
    return this.bytes.subarray(start, this.position);
  }

  private skip(length: number): number {
    const start = this.position;
    if (start + length > this.bytes.length)
      throw new AmqpError('SYNTAX_ERROR', `${length} bytes expected at ${start}, the data ends`);
    this.position += length;
    return start;
  }
}
