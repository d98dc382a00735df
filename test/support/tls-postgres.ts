import { chownSync, chmodSync, copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { provide } from '../../tools/embedded-stack/src/part.js';
import { postgres } from '../../tools/embedded-stack/src/parts/postgres.js';
import type { Certificate } from './certificates.js';

/** The URL of a database as `localhost`, which a certificate is for, with these parameters. */
export function overTls(databaseUrl: string, parameters: string): string {
  const url = new URL(databaseUrl);
  url.hostname = 'localhost';
  url.search = parameters;
  return url.href;
}

/** A PostgreSQL of a test's own that speaks TLS, and plain text on the same port. */
export class TlsPostgres {
  private constructor(
    /** Without a word about TLS. */
    readonly url: string,
    private readonly data: string,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(certificate: Certificate): Promise<TlsPostgres> {
    const directory = mkdtempSync(join(tmpdir(), 'usher-tls-postgres-'));
    // As root, PostgreSQL runs as a user of its own, who has to get in.
    await chmod(directory, 0o755);
    const data = join(directory, 'data');
    const { url, stop } = await provide(postgres(data, ['fsync=off']), {});
    const server = new TlsPostgres(url, data, async () => {
      await stop();
      rmSync(directory, { recursive: true });
    });
    await server.use(certificate);
    return server;
  }

  /** Shows this certificate to every client that connects from now on. */
  async use({ cert, key }: Certificate): Promise<void> {
    const { uid, gid } = statSync(this.data);
    for (const [from, name] of [
      [cert, 'server.crt'],
      [key, 'server.key'],
    ] as const) {
      const file = join(this.data, name);
      copyFileSync(from, file);
      chownSync(file, uid, gid);
      chmodSync(file, 0o600);
    }
    await this.run('ALTER SYSTEM SET ssl = on');
    await this.run('SELECT pg_reload_conf()');
  }

  /** Ends all connections but this one. */
  async disconnectAll(): Promise<void> {
    await this.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
  }

  /** How many connections of Usher's processes are encrypted, and how many are not. */
  async connections(): Promise<{ tls: number; plain: number }> {
    const [row] = await this.run<{ tls: number; plain: number }>(
      `SELECT count(*) FILTER (WHERE ssl)::int AS tls, count(*) FILTER (WHERE NOT ssl)::int AS plain
         FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'usher %'`,
    );
    return row!;
  }

  private async run<Row>(sql: string): Promise<Row[]> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query(sql)).rows as Row[];
    } finally {
      await client.end();
    }
  }
}
