import { Controller } from '@nestjs/common';
import { userEmailVerified, userRegistered } from '#libs/contracts';
import {
  defineSubscription,
  type Delivery,
  DependencyUnavailableError,
  type EventOf,
  PermanentError,
  Subscribe,
} from '#libs/messaging';
import { createDataSource, Database } from '#libs/database';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { given } from '../support/environment.js';
import { startTestWorker } from '../support/test-worker.js';

/** A worker of Usher's own kind, with a handler that does what the event's displayName says. */
const { QUEUE, SCRATCH } = process.env as { QUEUE: string; SCRATCH: string };
const subscription = defineSubscription([userRegistered, userEmailVerified], { consumer: QUEUE });

type Taken = EventOf<typeof userRegistered | typeof userEmailVerified>;

@Controller()
class Obey {
  @Subscribe(subscription)
  async handle(event: Taken, delivery: Delivery): Promise<void> {
    await delivery.inTransaction(async (transaction) => {
      await transaction.query('INSERT INTO public.effects (event_id) VALUES ($1)', [event.id]);
      await obey(event);
    });
  }
}

/** `<what to do> <in how many runs>`; after those it just works. */
async function obey({ id, data }: Taken): Promise<void> {
  const [behaviour, runs] = data.displayName.split(' ');
  const file = join(SCRATCH, id);
  appendFileSync(file, 'run\n');
  if (readFileSync(file, 'utf8').split('\n').length - 1 > Number(runs)) return;
  if (behaviour === 'fail') throw new TypeError('not yet');
  if (behaviour === 'refuse') throw new PermanentError('never');
  if (behaviour === 'miss') throw new DependencyUnavailableError('it is away');
  if (behaviour === 'die') process.kill(process.pid, 'SIGKILL');
  if (behaviour === 'hold') while (!existsSync(`${file}.release`)) await sleep(20);
}

// The test that started it is gone.
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
const dataSource = await createDataSource({
  url: given('DATABASE_URL'),
  applicationName: QUEUE,
  poolSize: 4,
}).initialize();
const worker = await startTestWorker({
  subscriptions: [subscription],
  handlers: [Obey],
  database: new Database(dataSource),
  env: {
    CONSUMER_RETRY_DELAYS: process.env['CONSUMER_RETRY_DELAYS']!,
    CRASH_LIMIT: process.env['CRASH_LIMIT']!,
  },
});
process.once('SIGTERM', () => {
  void worker
    .close()
    .then(() => dataSource.destroy())
    .then(() => process.exit(0));
});
