import { Database } from '#libs/database';
import { startApp, type RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { migrateDatabase } from '../../tools/usher-cli/src/migrate-database.js';
import { ApiClient } from './api-client.js';
import { given } from './environment.js';
import { createLeastRoles } from './least-roles.js';
import { SmtpSink } from './smtp-sink.js';
import { createTestDatabase } from './test-database.js';

/** Usher as in production: processes of their own, a real broker, a real database, a real mail server. */
export interface Stack {
  readonly api: ApiClient;
  /** Where the API listens. */
  readonly url: string;
  readonly database: Database;
  /** As the server's superuser. */
  readonly databaseUrl: string;
  /** As the role of an app, or `operator`, with the least rights. */
  databaseUrlOf(name: string): string;
  readonly smtp: SmtpSink;
  /** Starts one app and waits until it is ready. */
  start(
    name: string,
    env?: Record<string, string>,
    onLine?: (line: string) => void,
  ): Promise<RunningApp>;
  stop(): Promise<void>;
}

/**
 * Prepares a stack; `env` goes to every app. Nothing runs yet but the mail server.
 * @param server where its database is, if not on the one that `npm test` passes on
 */
export async function prepareStack(
  env: Record<string, string> = {},
  server?: string,
): Promise<Stack> {
  const { url, database, drop } = await createTestDatabase(server);
  await migrateDatabase(url);
  const roles = await createLeastRoles(url);
  const smtp = await new SmtpSink().start();
  const httpPort = await freePort();
  const publicUrl = `http://127.0.0.1:${httpPort}`;
  const apps: RunningApp[] = [];
  const common = {
    RABBITMQ_URL: given('RABBITMQ_URL'),
    SMTP_URL: smtp.url,
    HTTP_PORT: String(httpPort),
    PUBLIC_URL: publicUrl,
    CONSUMER_RETRY_DELAYS: '1s,2s',
    NODE_ENV: 'test',
    // Whoever tests a limit sets it; all tests come from one address.
    RATE_LIMIT_SIGNUP: 'off',
    RATE_LIMIT_LOGIN: 'off',
    RATE_LIMIT_MAIL: 'off',
    RATE_LIMIT_ACCOUNT_LOGIN: 'off',
    CHALLENGE: 'none',
    ...env,
  };
  return {
    api: new ApiClient(publicUrl),
    url: publicUrl,
    database,
    databaseUrl: url,
    databaseUrlOf: (name) => roles.urlOf(name),
    smtp,
    async start(name, extra = {}, onLine) {
      const app = await startApp(
        name,
        { DATABASE_URL: roles.urlOf(name), ...common, ...extra },
        { onLine },
      );
      apps.push(app);
      await app.ready();
      return app;
    },
    async stop() {
      for (const { child } of apps) await child.stop();
      await smtp.stop();
      await drop();
      await roles.drop();
    },
  };
}
