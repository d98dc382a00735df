import { jest } from '@jest/globals';
import { usherMessaging } from '#libs/contracts';
import { deadLetterQueue, planTopology } from '#libs/messaging';
import { CertificateAuthority, type Certificate } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';
import { TlsMailServer, type MailTls } from '../support/tls-mail-server.js';

/** For what is tried again, on a machine that is busy. */
const SLOW_MS = 60_000;
jest.setTimeout(2 * SLOW_MS);
const QUEUE = 'email-worker.send-welcome-email';
const topology = planTopology(usherMessaging, [1_000, 2_000]);
/** Of an event whose handler fails by itself. */
const ATTEMPTS = 3;
/** The loopback address in a form that does not count as this machine: https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2 */
const ELSEWHERE = '[::ffff:127.0.0.1]';

const ca = new CertificateAuthority();
const anotherCa = new CertificateAuthority();
const servers: TlsMailServer[] = [];
let stack: Stack;
let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack();
  await stack.start('api');
}, SLOW_MS);

afterAll(async () => {
  await stack.stop();
  for (const server of servers) await server.stop();
  await broker.deleteAll(topology);
  await broker.close();
  ca.remove();
  anotherCa.remove();
});

async function mailServer(tls: MailTls, certificate: Certificate): Promise<TlsMailServer> {
  const server = await TlsMailServer.start(tls, certificate);
  servers.push(server);
  return server;
}

/** Starts the e-mail worker, has one person sign up, and ends the worker after `look`. */
async function withWorker(
  smtpUrl: string,
  look: (email: string, log: () => string) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  let log = '';
  const worker = await stack.start(
    'email-worker',
    { SMTP_URL: smtpUrl, NODE_EXTRA_CA_CERTS: ca.file, ...env },
    (line) => (log += `${line}\n`),
  );
  try {
    const { body } = await stack.api.signUp();
    await look(body.user.email, () => log);
  } finally {
    await worker.child.stop();
  }
}

const arrival = (server: TlsMailServer, email: string) =>
  eventually(() => server.mails.find(({ to }) => to === email), SLOW_MS);

describe('a mail server with TLS', () => {
  it.each([
    ['smtps', 'implicit', ''],
    ['smtp', 'starttls', ''],
    ['smtp', 'starttls', '?requireTLS=true'],
  ] as const)('is spoken to in TLS: %s:, %s %s', async (protocol, tls, parameters) => {
    const server = await mailServer(tls, ca.forLocalhost());
    await withWorker(
      `${protocol}://user:secret@localhost:${server.port}${parameters}`,
      async (email) => {
        await expect(arrival(server, email)).resolves.toMatchObject({
          encrypted: true,
          user: 'user',
        });
      },
    );
    expect(server.logIns).toEqual([true]);
  });

  it('gets no mail while its certificate is wrong, and the log says why', async () => {
    const server = await mailServer('starttls', anotherCa.forLocalhost());
    await withWorker(`smtp://localhost:${server.port}`, async (email, log) => {
      await eventually(() => /does not trust the CA.*NODE_EXTRA_CA_CERTS/.test(log()), SLOW_MS);
      server.use(ca.forAnotherName());
      await eventually(() => /localhost.*db\.example\.com.*for another name/.test(log()), SLOW_MS);
      server.use(ca.expired());
      await eventually(() => /certificate has expired: renew/.test(log()), SLOW_MS);
      expect(server.mails).toEqual([]);
      server.use(ca.forLocalhost());
      await arrival(server, email);
    });
  });
});

describe('a mail server that offers no TLS', () => {
  it('gets neither mail nor password from another machine, and nothing is dead-lettered', async () => {
    const server = await mailServer('none', ca.forLocalhost());
    await withWorker(`smtp://user:secret@${ELSEWHERE}:${server.port}`, async (_, log) => {
      const refusals = () => log().match(/offers no TLS.*ignoreTLS=true/g)?.length ?? 0;
      await eventually(() => refusals() > ATTEMPTS, SLOW_MS);
    });
    expect(server.mails).toEqual([]);
    expect(server.logIns).toEqual([]);
    expect(await broker.depth(deadLetterQueue(QUEUE))).toBe(0);
  });

  it('gets mail in plain text with ignoreTLS=true, or on this machine', async () => {
    const server = await mailServer('none', ca.forLocalhost());
    for (const url of [
      `smtp://${ELSEWHERE}:${server.port}?ignoreTLS=true`,
      `smtp://127.0.0.1:${server.port}`,
    ]) {
      await withWorker(url, async (email) => {
        expect(await arrival(server, email)).toMatchObject({ encrypted: false });
      });
    }
  });
});

describe('EHLO', () => {
  it.each([
    [
      'the name of PUBLIC_URL',
      '',
      { PUBLIC_URL: 'https://accounts.example.com' },
      'accounts.example.com',
    ],
    [
      'what ?name= says',
      '?name=relay.example.com',
      { PUBLIC_URL: 'https://accounts.example.com' },
      'relay.example.com',
    ],
  ])('says %s', async (_, parameters, env, expected) => {
    const server = await mailServer('none', ca.forLocalhost());
    await withWorker(
      `smtp://127.0.0.1:${server.port}${parameters}`,
      async (email) => {
        expect(await arrival(server, email)).toMatchObject({ ehlo: expected });
      },
      env,
    );
  });
});
