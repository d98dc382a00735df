import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { postgres } from '../../tools/embedded-stack/src/parts/postgres.js';

it('PostgreSQL starts where only its owner may enter, whoever that is, and keeps its data', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-closed-'));
  const part = postgres(join(folder, 'postgres'));
  const read: unknown[] = [];
  for (const statement of ['CREATE TABLE kept AS SELECT 1 AS value', 'SELECT value FROM kept']) {
    const { url, stop } = await part.start();
    const source = await new DataSource({ type: 'postgres', url }).initialize();
    read.push(await source.query(statement));
    await source.destroy();
    await stop();
  }
  await rm(folder, { recursive: true });
  expect(read[1]).toEqual([{ value: 1 }]);
});
