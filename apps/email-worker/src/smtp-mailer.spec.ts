import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { DependencyUnavailableError, MessagingConfig } from '#libs/messaging';
import { Readiness } from '#libs/service-defaults';
import { EmailWorkerConfig } from './email-worker.config.js';
import { MailServerBreaker } from './mail-server-breaker.js';
import { MaybeSentError } from './smtp-errors.js';
import { SmtpMailer } from './smtp-mailer.js';

const MAIL = {
  messageId: '<1@x>',
  correlationId: 'request-1',
  to: 'ada@x.example',
  subject: 's',
  text: 't',
  html: '<p>t</p>',
};
const ROUND_TRIP_MS = 30;
const servers: Server[] = [];

/** A mail server that hangs up instead of answering what begins with `word`. */
async function mailerOf(word: string): Promise<SmtpMailer> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const text = data.toString();
      if (text.endsWith('.\r\n')) socket.end();
      if (/^(EHLO|MAIL|RCPT|DATA)/.test(text)) {
        // As far away as most: by then the mail has been made.
        setTimeout(() => {
          if (text.startsWith(word)) socket.end();
          else socket.write(text.startsWith('DATA') ? '354 go on\r\n' : '250 fine\r\n');
        }, ROUND_TRIP_MS);
      }
    });
    socket.write('220 hello\r\n');
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const config = {
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    PUBLIC_URL: 'http://127.0.0.1:3000',
    MAIL_FROM: { name: '', address: 'usher@x.example' },
    SMTP_POOL: 1,
  };
  return new SmtpMailer(
    Object.assign(Object.create(EmailWorkerConfig.prototype), config),
    Object.assign(Object.create(MessagingConfig.prototype), { CONSUMER_EXTERNAL_TIMEOUT: 20_000 }),
    new MailServerBreaker(new Readiness()),
  );
}

const sending = async (word: string) => {
  const mailer = await mailerOf(word);
  const result = mailer.send(MAIL, new AbortController().signal);
  return result.finally(() => mailer.onApplicationShutdown());
};

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('a mail server that hangs up', () => {
  it.each(['EHLO', 'MAIL FROM', 'RCPT TO', 'DATA'])(
    'at %s has not been handed the mail',
    async (word) => {
      await expect(sending(word)).rejects.toBeInstanceOf(DependencyUnavailableError);
    },
  );

  it('after the last byte has been handed the mail', async () => {
    await expect(sending('nothing')).rejects.toBeInstanceOf(MaybeSentError);
  });
});
