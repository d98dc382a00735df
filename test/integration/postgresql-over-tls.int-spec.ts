import { Controller } from '@nestjs/common';
import { jest } from '@jest/globals';
import { createDataSource, Database } from '#libs/database';
import { type CloudEvent, deadLetterQueue, type Delivery, Subscribe } from '#libs/messaging';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { CertificateAuthority } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker } from '../support/test-worker.js';
import { overTls, TlsPostgres } from '../support/tls-postgres.js';

const SLOW_MS = 60_000;
/** More often than an event is tried that fails by itself. */
const CONNECTIONS_TRIED = 8;

const { subscribe, event } = testEvents();
const writing = subscribe('write-a-row');

@Controller()
class WriteARow {
  @Subscribe(writing)
  async handle({ id }: CloudEvent, delivery: Delivery): Promise<void> {
    await delivery.inTransaction((transaction) =>
      transaction.query('INSERT INTO public.effects VALUES ($1)', [id]),
    );
  }
}

const ca = new CertificateAuthority();
const anotherCa = new CertificateAuthority();
let postgres: TlsPostgres;
let database: TestDatabase;

beforeAll(async () => {
  postgres = await TlsPostgres.start(ca.forLocalhost());
  database = await createTestDatabase(postgres.url);
  await database.database.query('CREATE TABLE public.effects (event_id uuid)');
}, SLOW_MS);

afterAll(async () => {
  await database.drop();
  await postgres.stop();
  ca.remove();
  anotherCa.remove();
});

const sourceAt = (parameters: string) =>
  createDataSource({ url: overTls(database.url, parameters), applicationName: 'usher test' });

/** How a connection with these parameters turns out: TLS or plain text, or why there is none. */
async function outcomeOf(parameters: string): Promise<string> {
  const source = sourceAt(parameters);
  try {
    await source.initialize();
    const [row] = await new Database(source).query<{ ssl: boolean }>(
      'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    );
    return row!.ssl ? 'TLS' : 'plain text';
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).message;
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

describe('sslmode, as pg understands it', () => {
  const UNTRUSTED = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
  const WRONG_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

  it.each([
    ['', 'plain text', 'plain text', 'plain text'],
    ['sslmode=disable', 'plain text', 'plain text', 'plain text'],
    ['sslmode=prefer', UNTRUSTED, 'TLS', WRONG_NAME],
    ['sslmode=require', UNTRUSTED, 'TLS', WRONG_NAME],
    ['sslmode=verify-ca', UNTRUSTED, 'TLS', WRONG_NAME],
    ['sslmode=verify-full', UNTRUSTED, 'TLS', WRONG_NAME],
    ['sslmode=no-verify', 'TLS', 'TLS', 'TLS'],
    ['uselibpqcompat=true&sslmode=prefer', 'TLS', 'TLS', 'TLS'],
    ['uselibpqcompat=true&sslmode=require', 'TLS', 'TLS', 'TLS'],
    ['uselibpqcompat=true&sslmode=verify-full', UNTRUSTED, 'TLS', WRONG_NAME],
  ])(
    'with "%s": unknown CA %s, known CA %s, another name %s',
    async (parameters, unknownCa, knownCa, anotherName) => {
      const withCa = `${parameters}&sslrootcert=${ca.file}`;
      await postgres.use(ca.forLocalhost());
      const outcomes = [await outcomeOf(parameters)];
      const mode = parameters === '' ? '' : withCa;
      outcomes.push(await outcomeOf(mode));
      await postgres.use(ca.forAnotherName());
      outcomes.push(await outcomeOf(mode));
      expect(outcomes).toEqual([unknownCa, knownCa, anotherName]);
    },
  );
});

describe('a certificate that expires while a worker runs', () => {
  it(
    'uses up no attempt of an event, and is not dead-lettered',
    async () => {
      await postgres.use(ca.forLocalhost());
      const source = await sourceAt(`sslmode=verify-full&sslrootcert=${ca.file}`).initialize();
      const connecting = jest.spyOn(source.driver as PostgresDriver, 'obtainMasterConnection');
      const broker = await TestBroker.connect();
      const worker = await startTestWorker({
        subscriptions: [writing],
        handlers: [WriteARow],
        database: new Database(source),
      });
      await postgres.use(ca.expired());
      await postgres.disconnectAll();
      connecting.mockClear();
      const happened = event();
      broker.publish(happened);
      await eventually(() => connecting.mock.calls.length >= CONNECTIONS_TRIED, SLOW_MS);
      await postgres.use(ca.forLocalhost());

      const [row] = await eventually(async () => {
        const rows = await database.database.query<{ attempts: number }>(
          `SELECT attempts FROM messaging.deliveries WHERE event_id = $1 AND status = 'done'`,
          [happened.id],
        );
        return rows.length > 0 && rows;
      }, SLOW_MS);

      expect(row!.attempts).toBe(1);
      expect(await broker.depth(deadLetterQueue(writing.consumer))).toBe(0);
      await worker.close();
      await broker.deleteAll(worker.topology);
      await broker.close();
      await source.destroy();
    },
    2 * SLOW_MS,
  );
});
