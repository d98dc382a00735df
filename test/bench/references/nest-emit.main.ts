import { ClientRMQ } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { optionsOf } from './options.js';

/** The client of Nest's own RabbitMQ transport, as a publisher that waits for its confirms. */
export interface NestEmitOptions {
  readonly brokerUrl: string;
  readonly exchange: string;
  readonly pattern: string;
  readonly data: object;
  readonly events: number;
  readonly window: number;
}

/** Before it counts. */
const WARM_UP = 0.2;

const options = optionsOf<NestEmitOptions>();
const client = new ClientRMQ({
  urls: [options.brokerUrl],
  exchange: options.exchange,
  exchangeType: 'topic',
  wildcards: true,
  persistent: true,
});
await client.connect();

async function emit(events: number): Promise<void> {
  let sent = 0;
  const emitOn = async () => {
    while (sent < events) {
      sent++;
      await lastValueFrom(client.emit(options.pattern, options.data), { defaultValue: undefined });
    }
  };
  await Promise.all(Array.from({ length: options.window }, emitOn));
}

await emit(Math.ceil(options.events * WARM_UP));
const startedAt = performance.now();
await emit(options.events);
process.send!({ perSecond: (options.events * 1_000) / (performance.now() - startedAt) });
await client.close();
process.disconnect();
