import { MessagingConfig } from '#libs/messaging';
import { SMTPServer } from 'smtp-server';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { EmailWorkerConfig } from '../../apps/email-worker/src/email-worker.config.js';
import { MailServerBreaker } from '../../apps/email-worker/src/mail-server-breaker.js';
import { SmtpMailer } from '../../apps/email-worker/src/smtp-mailer.js';
import { createDataSource, Database } from '#libs/database';
import { DatabaseConfig } from '#libs/bootstrap';
import { loadConfig, Readiness } from '#libs/service-defaults';
import { given } from '../support/environment.js';
import { randomName } from '../support/random-name.js';
import { createTestDatabase } from '../support/test-database.js';

const PASSWORD = 'p%25 %/?#,@:&=+"ä';

describe('a password of special characters, percent-encoded, opens', () => {
  it('PostgreSQL', async () => {
    const db = await createTestDatabase();
    const role = `role_${randomName()}`;
    await db.database.query(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
    const url = new URL(db.url);
    const { port, pathname } = url;
    const { DATABASE_URL } = configOf(DatabaseConfig, {
      DATABASE_URL: `postgres://${role}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}${pathname}`,
    });
    const source = createDataSource({ url: DATABASE_URL, applicationName: 'test', poolSize: 1 });
    await source.initialize();
    await expect(new Database(source).query('SELECT current_user AS name')).resolves.toEqual([
      { name: role },
    ]);
    await source.destroy();
    await db.database.query(`DROP ROLE ${role}`);
    await db.drop();
  });

  it('a mail server', async () => {
    const seen: unknown[] = [];
    const server = new SMTPServer({
      allowInsecureAuth: true,
      hideSTARTTLS: true,
      onAuth: ({ username, password }, _, done) => {
        seen.push(username, password);
        done(null, { user: username });
      },
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.server.address() as AddressInfo;
    const config = configOf(EmailWorkerConfig, {
      SMTP_URL: `smtp://${encodeURIComponent('a@b')}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`,
    });
    const messaging = configOf(MessagingConfig, { RABBITMQ_URL: given('RABBITMQ_URL') });
    const mailer = new SmtpMailer(config, messaging, new MailServerBreaker(new Readiness()));
    const mail = {
      messageId: '<1@usher.example>',
      correlationId: 'request-1',
      to: 'ada@example.com',
      subject: 'hello',
      text: 'hello',
      html: '<p>hello</p>',
    };
    await mailer.send(mail, new AbortController().signal);
    expect(seen).toEqual(['a@b', PASSWORD]);
    mailer.onApplicationShutdown();
    await new Promise<void>((resolve) => server.close(resolve));
  });
});

function configOf<C extends Parameters<typeof loadConfig>[0][number]>(
  config: C,
  env: Record<string, string>,
): InstanceType<C> {
  return loadConfig([config], env).get(config) as InstanceType<C>;
}
