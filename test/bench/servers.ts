import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provide, type Part } from '../../tools/embedded-stack/src/part.js';

/** Servers for one benchmark, those that the environment names left as they are. */
export async function withServers<T>(
  parts: readonly ((directory: string) => Part)[],
  work: (urls: readonly string[]) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'usher-bench-'));
  // As root, PostgreSQL runs as a user of its own, who has to get in.
  await chmod(directory, 0o755);
  const stops: (() => Promise<void>)[] = [];
  try {
    const urls: string[] = [];
    for (const [i, part] of parts.entries()) {
      const { url, stop } = await provide(part(join(directory, String(i))));
      urls.push(url);
      stops.push(stop);
    }
    return await work(urls);
  } finally {
    for (const stop of stops.toReversed()) await stop();
    await rm(directory, { recursive: true, force: true });
  }
}
