import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NewWorker } from './new-worker.js';

/** What a new worker consists of: the text of each file by its path. */
export function workerFiles(worker: NewWorker, root: string): ReadonlyMap<string, string> {
  const { name, handler } = worker;
  const app = `apps/${name}/src`;
  return new Map([
    [`${app}/main.ts`, main(worker)],
    [`${app}/${name}.module.ts`, moduleOf(worker)],
    [`${app}/${handler}/${handler}.handler.ts`, handlerOf(worker)],
    [`test/integration/${handler}.int-spec.ts`, testOf(worker)],
    [`deploy/kubernetes/base/${name}.yaml`, manifestOf(worker, root)],
    ...(worker.hasTable
      ? [
          [
            `libs/database/src/migrations/${worker.migrationNumber}-${worker.schema.replaceAll('_', '-')}.ts`,
            migrationOf(worker),
          ] as const,
        ]
      : []),
  ]);
}

const main = ({ name, moduleClass, subscription }: NewWorker) => `
import { runWorker } from '#libs/bootstrap';
import { ${subscription} } from '#libs/contracts';
import { ${moduleClass} } from './${name}.module.js';

await runWorker(${moduleClass}, { name: '${name}', consumes: [${subscription}] });
`;

const moduleOf = ({ moduleClass, handlerClass, handler }: NewWorker) => `
import { Module } from '@nestjs/common';
import { ${handlerClass} } from './${handler}/${handler}.handler.js';

@Module({ controllers: [${handlerClass}] })
export class ${moduleClass} {}
`;

function handlerOf(worker: NewWorker): string {
  const { handlerClass, subscription, eventConstant, hasTable, isExternal } = worker;
  const classOf = (event: string, body: string, members = '') => `
@Controller()
export class ${handlerClass} {${members}
  @Subscribe(${subscription})
  async handle(${event}: EventOf<typeof ${eventConstant}>, delivery: Delivery): Promise<void> {
${body}
  }
}
`;
  const imports = (common: string) => `
import { ${common} } from '@nestjs/common';
import { ${subscription}, type ${eventConstant} } from '#libs/contracts';
import { type Delivery, type EventOf, Subscribe } from '#libs/messaging';
`;
  if (hasTable)
    return (
      imports('Controller') +
      classOf(
        'event',
        `    await delivery.effect(
      \`INSERT INTO ${worker.table} (event_id, user_id) SELECT $1, $2 FROM delivery\`,
      [event.id, event.data.userId],
    );`,
      )
    );
  const logger = `
  private readonly logger = new Logger(${handlerClass}.name);
`;
  const external = `    // The effect is outside the database: it ends when the signal fires, and may be repeated after a crash.
    delivery.signal.throwIfAborted();
    this.logger.log(\`attempt \${delivery.attempt} for \${event.type}\`);`;
  const transaction = `    // What is written in this transaction is committed together with the row of the ledger.
    await delivery.inTransaction(async () => this.logger.log(\`done for \${event.type}\`));`;
  return (
    imports('Controller, Logger') + classOf('event', isExternal ? external : transaction, logger)
  );
}

const migrationOf = ({ migrationClass, schema, table }: NewWorker) => `
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${migrationClass} implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(\`
      CREATE SCHEMA ${schema};

      CREATE TABLE ${table} (
        event_id   uuid        NOT NULL,
        user_id    uuid        NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT ${table.slice(schema.length + 1)}_pk PRIMARY KEY (event_id)
      );
    \`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA ${schema} CASCADE');
  }
}
`;

function testOf(worker: NewWorker): string {
  const { name, handler, handlerClass, subscription, eventConstant, hasTable, table } = worker;
  const check = hasTable
    ? `
    const rows = await db.database.query('SELECT event_id AS id FROM ${table}');
    expect(rows).toEqual(expect.arrayContaining([event, last].map(({ id }) => ({ id }))));
    expect(rows).toHaveLength(2);`
    : '';
  return `
import { ${subscription}, ${eventConstant} } from '#libs/contracts';
import { createEvent, exampleOf, type EventOf } from '#libs/messaging';
import { ${handlerClass} } from '../../apps/${name}/src/${handler}/${handler}.handler.js';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

let db: TestDatabase;
let broker: TestBroker;
let worker: TestWorker;

beforeAll(async () => {
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  worker = await startTestWorker({
    subscriptions: [${subscription}],
    handlers: [${handlerClass}],
    database: db.database,
  });
});

afterAll(async () => {
  await worker.close();
  await broker.deleteAll(worker.topology);
  await broker.close();
  await db.drop();
});

describe('the handler ${handler}', () => {
  it('handles an event once, however often it comes', async () => {
    const { data } = exampleOf(${eventConstant}) as EventOf<typeof ${eventConstant}>;
    const newEvent = () =>
      createEvent(${eventConstant}, data, {
        source: 'test',
        subject: data.userId,
        correlationId: 'test',
      });
    const deliveries = () =>
      db.database.query(
        'SELECT event_id AS id, attempts FROM messaging.deliveries WHERE consumer = $1 AND status = $2',
        [${subscription}.consumer, 'done'],
      );
    const [event, last] = [newEvent(), newEvent()];
    for (const each of [event, event, last]) broker.publish(each);
    // One is handled at a time: the copy was handled before the last.
    await eventually(async () => (await deliveries()).length === 2);
    const once = [event, last].map(({ id }) => ({ id, attempts: 1 }));
    expect(await deliveries()).toEqual(expect.arrayContaining(once));${check}
  });
});
`;
}

/** A copy of the model's manifest under the new names. */
function manifestOf({ name, consumer }: NewWorker, root: string): string {
  return readFileSync(join(root, `deploy/kubernetes/base/${MODEL}.yaml`), 'utf8')
    .replaceAll(/\bnotification-worker(\.[a-z-]+)?/g, (_, handler) => (handler ? consumer : name))
    .replace(/maxReplicaCount: \d+/, `maxReplicaCount: ${MAX_REPLICAS}`);
}

/** The worker whose entries are copied. */
export const MODEL = 'notification-worker';

/** Few, until somebody has measured: they share the connections of PostgreSQL with all others (docs/scaling.md). */
const MAX_REPLICAS = 3;
