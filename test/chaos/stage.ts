import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource, Database } from '#libs/database';
import type { RunningPart } from '../../tools/embedded-stack/src/part.js';
import { parsePooler, startPgbouncer } from '../../tools/embedded-stack/src/parts/pgbouncer.js';
import { migrateDatabase } from '../../tools/usher-cli/src/migrate-database.js';
import { Fleet, type Instance } from './fleet.js';
import { MailSink } from './mail-sink.js';
import { preparePostgres, prepareRabbitmq, type RestartableServer } from './servers.js';

/** Servers of one run alone, which can be killed: PostgreSQL with the schema, RabbitMQ and a mail sink. */
export class Stage {
  private readonly stops: (() => Promise<unknown>)[] = [];
  private pooler: RunningPart | undefined;

  private constructor(
    readonly postgres: RestartableServer,
    readonly rabbitmq: RestartableServer,
    readonly mailSink: MailSink,
    /** A way to the database past everything that is broken on purpose. */
    readonly database: Database,
  ) {}

  /** Starts them all. @throws Error when there is no RabbitMQ on this machine */
  static async open(): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), 'usher-chaos-'));
    // As root, PostgreSQL runs as a user of its own, who has to get in.
    await chmod(directory, 0o755);
    const postgres = await preparePostgres(join(directory, 'postgres'));
    const rabbitmq = await prepareRabbitmq(join(directory, 'rabbitmq'));
    const mailSink = new MailSink();
    const source = createDataSource({
      url: postgres.url,
      applicationName: 'chaos',
      poolSize: 2,
    });
    const stage = new Stage(postgres, rabbitmq, mailSink, new Database(source));
    stage.onClear(() => rm(directory, { recursive: true, force: true }));
    stage.onClear(() => Promise.all([postgres.stop(), rabbitmq.stop()]));
    try {
      await Promise.all([postgres.start(), rabbitmq.start(), mailSink.start()]);
      stage.onClear(() => mailSink.stop());
      await migrateDatabase(postgres.url);
      await source.initialize();
      stage.onClear(() => source.destroy());
      await stage.poolConnections(process.env['DATABASE_POOLER']);
      return stage;
    } catch (error) {
      await stage.clear(() => undefined);
      throw error;
    }
  }

  /** The apps' way to PostgreSQL: with DATABASE_POOLER through a PgBouncer. */
  get databaseUrl(): string {
    return this.pooler?.url ?? this.postgres.url;
  }

  /** Has something done at the end, before what was asked for earlier. */
  onClear(stop: () => Promise<unknown>): void {
    this.stops.push(stop);
  }

  /** @param logs a folder that keeps what each process writes */
  async fleet(
    instances: readonly Instance[],
    env: Record<string, string>,
    logs?: string,
  ): Promise<Fleet> {
    const servers = {
      NODE_ENV: 'test',
      // All sign-ups come from one address.
      RATE_LIMIT_SIGNUP: 'off',
      CHALLENGE: 'none',
      DATABASE_URL: this.databaseUrl,
      RABBITMQ_URL: this.rabbitmq.url,
      SMTP_URL: this.mailSink.url,
    };
    const fleet = new Fleet(instances, { ...servers, ...env }, await linesTo(logs));
    this.onClear(() => fleet.stop());
    return fleet;
  }

  private async poolConnections(pooler: string | undefined): Promise<void> {
    if (!pooler) return;
    const running = await startPgbouncer({ url: this.postgres.url, ...parsePooler(pooler) });
    this.pooler = running;
    this.onClear(() => running.stop());
  }

  /** Stops all that was started, the last first; `say` hears what could not be stopped. */
  async clear(say: (text: string) => void): Promise<void> {
    for (const stop of this.stops.splice(0).toReversed()) {
      await stop().catch((error: Error) => say(`while clearing away: ${error.message}`));
    }
  }
}

async function linesTo(folder?: string): Promise<(id: string, line: string) => void> {
  if (!folder) return () => undefined;
  await mkdir(folder, { recursive: true });
  const files = new Map<string, NodeJS.WritableStream>();
  return (id, line) => {
    if (!files.has(id)) files.set(id, createWriteStream(join(folder, `${id}.log`)));
    files.get(id)!.write(`${line}\n`);
  };
}
