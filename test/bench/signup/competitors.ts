import { userRegistered, usherMessaging } from '#libs/contracts';
import type { Child } from '../../../tools/embedded-stack/src/child.js';
import { freePort } from '../../../tools/embedded-stack/src/free-port.js';
import { PASSWORD } from '../../support/api-client.js';
import { createTestDatabase } from '../../support/test-database.js';
import { newPerson } from '../load/people.js';
import type { BareHashOptions } from '../references/bare-hash.main.js';
import type { BareServerOptions } from '../references/bare-server.main.js';
import type { BetterAuthServerOptions } from '../references/better-auth.main.js';
import type { BenchServers } from '../servers.js';
import type { Broker } from '../stack/broker.js';
import { runReference, startReference } from '../stack/reference.js';
import { signUpLoad, usherLoad, type SignUpSample } from './sign-up-load.js';

/** A server that signs people up, beside Usher's. */
export interface Competitor {
  /** One load of so many seconds. */
  measure(seconds: number, servers: Record<string, number | undefined>): Promise<SignUpSample>;
  stop(): Promise<void>;
}

/** What the machine can hash in a second when it does nothing else. */
export async function bareHashRate(seconds: number): Promise<number> {
  const options: BareHashOptions = { password: PASSWORD, seconds };
  return (await runReference<{ perSecond: number }>('bare-hash', options)).perSecond;
}

/** Not `user.registered.v1`: its events must not reach Usher's queues. */
const EVENT_TYPE = 'person.registered.v1';
const QUEUES = usherMessaging
  .consumersOf(userRegistered.type)
  .map((_, i) => `reference.${'abcdefghij'[i]}`);

export async function startBareServer(
  { postgres }: BenchServers,
  broker: Broker,
): Promise<Competitor> {
  await broker.declareReference(EVENT_TYPE, QUEUES);
  const database = await createTestDatabase(postgres.url);
  const options: BareServerOptions = {
    databaseUrl: database.url,
    brokerUrl: broker.url,
    exchange: usherMessaging.names.events,
    eventType: EVENT_TYPE,
    consumers: QUEUES,
  };
  const child = startReference('bare-server', options);
  const { url } = await child.message<{ url: string }>();
  return {
    async measure(seconds, pids) {
      const sample = await usherLoad({ url, seconds, pids: { server: child.pid, ...pids } });
      for (const queue of QUEUES) await broker.purge(queue);
      return sample;
    },
    stop: () => stopWith(child, database.drop),
  };
}

/** @param boundedHashes see {@link BetterAuthServerOptions} */
export async function startBetterAuth(
  { postgres }: BenchServers,
  boundedHashes: boolean,
): Promise<Competitor> {
  const database = await createTestDatabase(postgres.url);
  const port = await freePort();
  const options: BetterAuthServerOptions = { databaseUrl: database.url, port, boundedHashes };
  const child = startReference('better-auth', options);
  const { url } = await child.message<{ url: string }>();
  const body = () => {
    const { email, password, displayName } = newPerson();
    return { email, password, name: displayName };
  };
  return {
    measure: (seconds, pids) =>
      signUpLoad({
        url,
        path: '/api/auth/sign-up/email',
        status: 200,
        seconds,
        body,
        pids: { server: child.pid, ...pids },
      }),
    stop: () => stopWith(child, database.drop),
  };
}

async function stopWith(child: Child, drop: () => Promise<void>): Promise<void> {
  await child.stop();
  await drop();
}
