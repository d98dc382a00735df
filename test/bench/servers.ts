import { connect } from 'amqplib';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { provide, type Part, type RunningPart } from '../../tools/embedded-stack/src/part.js';
import { embeddedBroker } from '../../tools/embedded-stack/src/parts/embedded-broker.js';
import { postgres } from '../../tools/embedded-stack/src/parts/postgres.js';
import { findBinaries, rabbitmq } from '../../tools/embedded-stack/src/parts/rabbitmq.js';

/** Servers for one benchmark, those that the environment names left as they are. */
export async function withServers<T>(
  parts: readonly ((directory: string) => Part)[],
  work: (servers: readonly RunningPart[]) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'usher-bench-'));
  // As root, PostgreSQL runs as a user of its own, who has to get in.
  await chmod(directory, 0o755);
  const running: RunningPart[] = [];
  const clear = async () => {
    for (const { stop } of running.splice(0).toReversed()) await stop();
    await rm(directory, { recursive: true, force: true });
  };
  const interrupted = () => void clear().finally(() => process.exit(130));
  process.once('SIGINT', interrupted);
  try {
    for (const [i, part] of parts.entries()) {
      running.push(await provide(part(join(directory, String(i)))));
    }
    return await work(running);
  } finally {
    process.off('SIGINT', interrupted);
    await clear();
  }
}

/** PostgreSQL and a broker, and what they say of themselves. */
export interface BenchServers {
  readonly postgres: RunningPart;
  readonly broker: RunningPart;
  readonly versions: Readonly<Record<string, string>>;
}

/** RabbitMQ where this machine has one, else the embedded broker. @throws Error when PostgreSQL does not sync */
export function withBenchServers<T>(work: (servers: BenchServers) => Promise<T>): Promise<T> {
  const broker = findBinaries() ? rabbitmq : () => embeddedBroker();
  return withServers([postgres, broker], async ([database, queues]) => {
    const versions = {
      PostgreSQL: await askPostgres(database!.url),
      broker: await askBroker(queues!.url),
    };
    return work({ postgres: database!, broker: queues!, versions });
  });
}

/** What makes a commit durable; without one of them the figures would be those of another promise. */
const DURABLE = ['fsync', 'synchronous_commit', 'full_page_writes'];

async function askPostgres(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const show = async (setting: string) => {
      const { rows } = await client.query<Record<string, string>>(`SHOW ${setting}`);
      return Object.values(rows[0]!)[0]!;
    };
    for (const setting of DURABLE) {
      if ((await show(setting)) !== 'on') throw new Error(`PostgreSQL has ${setting} off`);
    }
    return `${await show('server_version')} (${DURABLE.map((each) => `${each} on`).join(', ')})`;
  } finally {
    await client.end();
  }
}

async function askBroker(url: string): Promise<string> {
  const model = await connect(url);
  const { product, version } = model.connection.serverProperties;
  await model.close();
  return `${product} ${version}`;
}
