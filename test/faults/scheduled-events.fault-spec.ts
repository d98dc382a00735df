import { setTimeout as sleep } from 'node:timers/promises';
import { usherMessaging } from '#libs/contracts';
import { advanceClock } from '#libs/messaging';
import { auditCrowd, leftOfCrowd, scheduleCrowd } from '../chaos/crowd.js';
import type { Fleet } from '../chaos/fleet.js';
import type { RestartableServer } from '../chaos/servers.js';
import { Stage } from '../chaos/stage.js';
import { installWitness } from '../chaos/witness.js';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { eventually } from '../support/eventually.js';
import { SeededRandom } from '../support/seeded-random.js';

const SEED = 1;
const KILL_EVERY_MS = 2_000;
const DOWN_MS = 500;
const CROWD = 5_000;
/** The crowd comes due within this time. */
const SPREAD_SECONDS = 30;
const FEW = 1_000;
const FEWER = 200;
const HOUR_MS = 3_600_000;
const SETTLE_MS = 150_000;

const ENVIRONMENT = {
  CONSUMER_PREFETCH: '10',
  SMTP_POOL: '10',
  CONSUMER_RETRY_DELAYS: '500ms,1s,2s,4s',
  CONSUMER_EXTERNAL_TIMEOUT: '5s',
  OUTBOX_LEASE: '5s',
  RECONCILE_INTERVAL: '2s',
  RECONCILE_AFTER: '10s',
};

let stage: Stage;
let fleet: Fleet;

beforeEach(async () => {
  stage = await Stage.open();
  await installWitness(stage.database);
  const instances = await Promise.all(
    [1, 2].map(async (n) => [
      { id: `api-${n}`, app: 'api', env: { HTTP_PORT: String(await freePort()) } },
      { id: `email-worker-${n}`, app: 'email-worker' },
    ]),
  );
  fleet = await stage.fleet(instances.flat(), ENVIRONMENT);
  await fleet.startAll();
});

afterEach(async () => {
  await stage.clear(() => undefined);
});

const allHandled = () =>
  eventually(async () => (await leftOfCrowd(stage.database)) === 0, SETTLE_MS);

async function audit() {
  await fleet.stop();
  return auditCrowd(stage.database, stage.mailSink.mails);
}

/** An audit that finds nothing, of so many people. */
const CLEAN = { lost: 0, promotedTwice: 0, doneTwice: 0, withoutMail: 0, unexplainedMails: 0 };

/** Each app and each server at least once, and then any, until it is over. */
async function killOneAfterTheOther(isOver: () => Promise<boolean>): Promise<void> {
  const random = new SeededRandom(SEED);
  const { postgres, rabbitmq } = stage;
  const revive = async (server: RestartableServer) => {
    await server.kill();
    await sleep(DOWN_MS);
    await server.start();
  };
  const victims = [
    ...fleet.instances.map((instance) => async () => {
      await fleet.kill(instance);
      await sleep(DOWN_MS);
      await fleet.start(instance);
    }),
    () => revive(postgres),
    () => revive(rabbitmq),
  ];
  for (const kill of random.shuffled(victims)) await Promise.all([kill(), sleep(KILL_EVERY_MS)]);
  while (!(await isOver().catch(() => false)))
    await Promise.all([random.pick(victims)(), sleep(KILL_EVERY_MS)]);
  await fleet.ready();
}

it(`${CROWD} events that come due while processes are killed are handled once each`, async () => {
  await scheduleCrowd(
    stage.database,
    CROWD,
    `now() + interval '1 second' + n * interval '1 second' * ${SPREAD_SECONDS} / ${CROWD}`,
  );
  const promoted = async () => {
    const rows = await stage.database.query(`SELECT 1 FROM messaging.scheduled LIMIT 1`);
    return rows.length === 0;
  };
  await killOneAfterTheOther(promoted);
  await allHandled();
  await expect(audit()).resolves.toMatchObject({ ...CLEAN, handled: CROWD });
}, 300_000);

it(`${FEW} events that wait while the broker loses its disk, and ${FEW} that come due while the database restarts, are all handled`, async () => {
  const { database, postgres, rabbitmq } = stage;
  await scheduleCrowd(database, FEW, `now() + interval '1 hour'`);
  await rabbitmq.kill();
  await rabbitmq.wipe();
  await rabbitmq.start();
  await advanceClock(usherMessaging, database, HOUR_MS);
  await allHandled();

  await scheduleCrowd(database, FEW, `messaging.now() + interval '1 second'`);
  await sleep(1_200);
  await postgres.kill();
  await postgres.start();
  await allHandled();
  await expect(audit()).resolves.toMatchObject({ ...CLEAN, handled: 2 * FEW });
}, 300_000);

it('the audit finds what is promoted twice, and what is lost between schedule and outbox', async () => {
  await stage.database.query(`
    CREATE FUNCTION witness.put_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      IF OLD.due_at > now() - interval '1 minute' THEN
        INSERT INTO messaging.scheduled SELECT OLD.key || ':again', now() - interval '1 hour', gen_random_uuid(),
          OLD.type, OLD.source, OLD.subject, OLD.correlation_id, NULL, NULL, OLD.data, OLD.expected_consumers;
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER put_back AFTER DELETE ON messaging.scheduled FOR EACH ROW EXECUTE FUNCTION witness.put_back();
    CREATE FUNCTION witness.drop_some() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      RETURN CASE WHEN left(NEW.subject, 1) IN ('0', '1') THEN NULL ELSE NEW END;
    END $$;
    CREATE TRIGGER drop_some BEFORE INSERT ON messaging.outbox FOR EACH ROW EXECUTE FUNCTION witness.drop_some()`);
  await scheduleCrowd(stage.database, FEWER, `now()`);
  await allHandled();
  const found = await audit();
  expect(found.lost).toBeGreaterThan(0);
  expect(found.promotedTwice).toBeGreaterThan(0);
  expect(found.promotedTwice).toBe(found.handled);
  expect(found.handled + found.lost).toBe(FEWER);
  expect(found.unexplainedMails).toBe(found.promotedTwice);
});
