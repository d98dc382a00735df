import { Controller, Injectable, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { z } from 'zod';
import {
  BrokerConnection,
  ConfirmPublisher,
  createEvent,
  DeadLetters,
  defineEvent,
  defineSubscription,
  type Delivery,
  type EventOf,
  EventServer,
  Messaging,
  MessagingConfig,
  MessagingModule,
  migrateMessaging,
  Outbox,
  PermanentError,
  pgDatabase,
  Reconciler,
  RethrowFilter,
  Subscribe,
} from '#libs/messaging';
import { loadConfig } from '#libs/service-defaults';
import { eventually } from './eventually.js';

/** A small application of its own: orders, written with plain `pg`, and one handler that packs parcels. */
export interface Shop {
  readonly messaging: Messaging;
  readonly pool: Pool;
  readonly deadLetters: DeadLetters;
  readonly reconciler: Reconciler;
  /** The orders that were handed to the handler, each time. */
  readonly attempts: string[];
  /** Writes order and event in one transaction. */
  order(goods: string): Promise<string>;
  /** The goods that the handler refuses from now on. */
  refuse(goods: string | undefined): void;
  close(): Promise<void>;
}

/** Starts the application; each prefix is another one. */
export async function openShop(
  prefix: string,
  databaseUrl: string,
  brokerUrl: string,
): Promise<Shop> {
  const orderPlaced = defineEvent(
    'order.placed.v1',
    z.object({ number: z.string(), goods: z.string() }),
    { prefix, subject: { schema: z.string().regex(/^no-/), field: 'number' } },
  );
  const packParcel = defineSubscription(orderPlaced, { consumer: 'parcels.pack-parcel' });
  const definition = { prefix, events: [orderPlaced], subscriptions: [packParcel] };
  const messaging = new Messaging(definition);
  const pool = new Pool({ connectionString: databaseUrl });
  const database = pgDatabase(pool);
  await migrateMessaging(messaging, database);
  await pool.query(
    `CREATE TABLE ${prefix}_orders (number text PRIMARY KEY);
     CREATE TABLE ${prefix}_parcels (number text PRIMARY KEY)`,
  );
  const config = loadConfig([MessagingConfig], {
    RABBITMQ_URL: brokerUrl,
    CONSUMER_RETRY_DELAYS: '100ms',
  }).get(MessagingConfig) as MessagingConfig;
  const attempts: string[] = [];
  let refused: string | undefined;

  @Injectable()
  class Parcels {
    constructor(readonly outbox: Outbox) {}
  }

  @Controller()
  class PackParcel {
    @Subscribe(packParcel)
    async handle({ data }: EventOf<typeof orderPlaced>, delivery: Delivery): Promise<void> {
      attempts.push(data.number);
      if (data.goods === refused) throw new PermanentError(`no box for ${data.goods}`);
      await delivery.inTransaction((transaction) =>
        transaction.query(`INSERT INTO ${prefix}_parcels VALUES ($1)`, [data.number]),
      );
    }
  }

  @Module({
    imports: [MessagingModule.forRoot({ ...definition, database, config })],
    controllers: [PackParcel],
    providers: [Parcels],
  })
  class ShopModule {}

  Logger.overrideLogger(false);
  const app = await NestFactory.create(ShopModule, { logger: false });
  const server = new EventServer(
    messaging,
    { app: 'parcels', consumes: [packParcel] },
    config,
    database,
  );
  app.useGlobalFilters(new RethrowFilter());
  app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.init();
  const { outbox } = app.get(Parcels);
  const connection = new BrokerConnection([brokerUrl], `${prefix} operator`);
  const publisher = new ConfirmPublisher(messaging, connection, 5_000);
  connection.open();
  publisher.start();
  await eventually(() => publisher.isReady && server.problem === undefined);

  return {
    messaging,
    pool,
    attempts,
    deadLetters: new DeadLetters(messaging, database, connection, publisher),
    reconciler: new Reconciler(messaging, database, connection, publisher, {
      retryDelaysMs: config.CONSUMER_RETRY_DELAYS,
      prefetch: config.CONSUMER_PREFETCH,
    }),
    async order(goods) {
      const number = `no-${randomUUID()}`;
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query(`INSERT INTO ${prefix}_orders VALUES ($1)`, [number]);
        const context = { source: 'shop', subject: number, correlationId: number };
        await outbox.append(client, createEvent(orderPlaced, { number, goods }, context));
        await client.query('COMMIT');
        client.release();
      } catch (error) {
        client.release(true);
        throw error;
      }
      outbox.wake();
      return number;
    },
    refuse: (goods) => (refused = goods),
    async close() {
      await app.close();
      await publisher.stop();
      await connection.close();
      await pool.end();
    },
  };
}
