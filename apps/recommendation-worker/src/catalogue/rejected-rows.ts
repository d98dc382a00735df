import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

/** A row that is no item, and why. */
export interface RejectedRow {
  /** In the file, counted from 1. */
  readonly line: number;
  readonly reasons: readonly string[];
  /** As it was read. */
  readonly row: unknown;
}

/** The file of rejected rows, one JSON object a line; there is none when none was rejected. */
export class RejectedRows {
  count = 0;
  private stream: WriteStream | undefined;

  constructor(readonly path: string) {}

  async add(row: RejectedRow): Promise<void> {
    this.count++;
    this.stream ??= await this.open();
    if (!this.stream.write(`${JSON.stringify(row)}\n`)) await once(this.stream, 'drain');
  }

  /** One of an earlier import, of which nothing is true any more, is removed. */
  async close(): Promise<void> {
    if (!this.stream) return rm(this.path, { force: true });
    this.stream.end();
    await finished(this.stream);
  }

  private async open(): Promise<WriteStream> {
    const stream = createWriteStream(this.path);
    await once(stream, 'open');
    return stream;
  }
}
