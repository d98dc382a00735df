const FIRST_BYTES = 256;
const SHORTSTR_MAX_BYTES = 255;

/** Writes the elementary types of AMQP 0-9-1 one after the other. */
export class Writer {
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private length = 0;

  octet(value: number): void {
    const start = this.grow(1);
    this.bytes.writeUInt8(value, start);
  }

  short(value: number): void {
    const start = this.grow(2);
    this.bytes.writeUInt16BE(value, start);
  }

  long(value: number): void {
    const start = this.grow(4);
    this.bytes.writeUInt32BE(value, start);
  }

  longlong(value: bigint): void {
    const start = this.grow(8);
    this.bytes.writeBigUInt64BE(value, start);
  }

  int64(value: bigint): void {
    const start = this.grow(8);
    this.bytes.writeBigInt64BE(value, start);
  }

  double(value: number): void {
    const start = this.grow(8);
    this.bytes.writeDoubleBE(value, start);
  }

  /** @throws RangeError for more than 255 bytes */
  shortstr(text: string): void {
    const length = Buffer.byteLength(text);
    if (length > SHORTSTR_MAX_BYTES) throw new RangeError(`a short string of ${length} bytes`);
    this.octet(length);
    const start = this.grow(length);
    this.bytes.write(text, start);
  }

  /** A short string of bytes, one for each character. */
  shortbytes(text: string): void {
    if (text.length > SHORTSTR_MAX_BYTES)
      throw new RangeError(`a short string of ${text.length} bytes`);
    this.octet(text.length);
    const start = this.grow(text.length);
    this.bytes.write(text, start, 'latin1');
  }

  longstr(value: Buffer): void {
    this.long(value.length);
    this.raw(value);
  }

  raw(value: Buffer): void {
    const start = this.grow(value.length);
    value.copy(this.bytes, start);
  }

  toBuffer(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** May replace `bytes`, so it comes before their use. */
  private grow(by: number): number {
    const start = this.length;
    this.length += by;
    if (this.length > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.length, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, start);
      this.bytes = larger;
    }
    return start;
  }
}
