import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload, RmqContext, Transport } from '@nestjs/microservices';
import type { Channel, Message } from 'amqplib';
import { Pool } from 'pg';
import 'reflect-metadata';
import { deliverOnce, type Registration } from './consume-effect.js';
import { optionsOf } from './options.js';

/** A worker on Nest's own RabbitMQ transport with manual acknowledgement, and the same transaction in its handler. */
export interface NestConsumeOptions {
  readonly brokerUrl: string;
  readonly databaseUrl: string;
  readonly queue: string;
  readonly prefetch: number;
}

const CONNECTIONS = 10;

const { brokerUrl, databaseUrl, queue, prefetch } = optionsOf<NestConsumeOptions>();
const pool = new Pool({ connectionString: databaseUrl, max: CONNECTIONS });

@Controller()
class RegistrationHandler {
  @EventPattern<string>('user.registered.v1')
  async handle(@Payload() event: Registration, @Ctx() context: RmqContext): Promise<void> {
    await deliverOnce(pool, queue, event);
    (context.getChannelRef() as Channel).ack(context.getMessage() as Message);
  }
}

@Module({ controllers: [RegistrationHandler] })
class ReferenceModule {}

const app = await NestFactory.createMicroservice(ReferenceModule, {
  logger: ['error'],
  transport: Transport.RMQ,
  options: {
    urls: [brokerUrl],
    queue,
    noAck: false,
    prefetchCount: prefetch,
    noAssert: true,
  },
});
await app.listen();
