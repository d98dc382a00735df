import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deliverGettingStartedGuide } from '#libs/contracts';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { findBinaries } from '../../tools/embedded-stack/src/parts/rabbitmq.js';
import { audit, type Audit } from '../chaos/auditor.js';
import { countOpen, describeOpen, readBroker, readDatabase } from '../chaos/evidence.js';
import { Load } from '../chaos/load.js';
import { describe as describeRun, measure } from '../chaos/report.js';
import { installWitness } from '../chaos/witness.js';
import { eventually } from '../support/eventually.js';
import { RabbitmqCluster } from '../support/rabbitmq-cluster.js';
import { prepareStack, type Stack } from '../support/stack.js';

const APPS = ['api', 'email-worker', 'recommendation-worker', 'notification-worker'];
const RETRY_DELAYS_MS = [1_000, 2_000];
const QUEUE = deliverGettingStartedGuide.consumer;
const SIGNUPS = 120;
const START_MS = 180_000;
const RUN_MS = 240_000;

const canRun = findBinaries() !== undefined;
if (!canRun) console.warn('skipped: there is no rabbitmq-server on this machine');

(canRun ? describe : describe.skip)('a cluster of three nodes that loses its leader', () => {
  const apps: RunningApp[] = [];
  let directory: string;
  let cluster: RabbitmqCluster;
  let stack: Stack;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'usher-cluster-'));
    cluster = await RabbitmqCluster.start(directory);
    stack = await prepareStack({
      RABBITMQ_URL: cluster.urls.join(','),
      RECONCILE_INTERVAL: '2s',
      RECONCILE_AFTER: '10s',
      OUTBOX_LEASE: '5s',
      CONSUMER_HANDLER_TIMEOUT: '5s',
      CONSUMER_EXTERNAL_TIMEOUT: '5s',
    });
    await installWitness(stack.database);
    for (const name of APPS) apps.push(await stack.start(name));
  }, START_MS);

  afterAll(async () => {
    await stack?.stop();
    await cluster?.stop();
    await rm(directory, { recursive: true, force: true });
  }, START_MS);

  it(
    'loses no follow-up and repeats none',
    async () => {
      await expect(cluster.membersOnline(QUEUE)).resolves.toBe(3);
      const load = new Load({ signups: SIGNUPS, concurrency: 4, seed: 1, apis: [stack.url] });
      const startedAt = Date.now();
      const loaded = load.run();
      const reached = (count: number) => eventually(() => load.accepted.length >= count);

      await reached(SIGNUPS / 5);
      const first = await cluster.leaderOf(QUEUE);
      await cluster.kill(first);
      await reached((SIGNUPS * 2) / 5);
      expect(await cluster.leaderOf(QUEUE)).not.toBe(first);
      await cluster.restart(first);
      await eventually(async () => (await cluster.membersOnline(QUEUE)) === 3);
      const second = await cluster.leaderOf(QUEUE);
      await cluster.kill(second);
      const acceptedBefore = load.accepted.length;
      await loaded;

      await eventually(async () => {
        const open = await countOpen(stack.database);
        if (open > 0) throw new Error(`${open} are open: ${await describeOpen(stack.database)}`);
        return true;
      });
      await cluster.restart(second);
      const result = await auditOf(load);
      const faults = { [`${first} killed`]: 1, [`${second} killed`]: 1 };
      const seconds = (Date.now() - startedAt) / 1_000;
      const latency = measure(load.accepted);
      process.stderr.write(
        `${describeRun(result, { asked: SIGNUPS, faults, latency, seconds })}\n` +
          `${acceptedBefore} were accepted before the second leader was killed\n`,
      );
      expect(result).toMatchObject({ accepted: SIGNUPS, lost: 0, duplicateEffects: 0 });
      expect(result.problems).toEqual([]);
    },
    RUN_MS,
  );

  async function auditOf(load: Load): Promise<Audit> {
    for (const { child } of apps) await child.stop();
    return audit({
      accepted: load.accepted,
      wrongAnswers: load.wrongAnswers,
      unexpectedExits: [],
      isRefused: () => false,
      mails: stack.smtp.mails.map(({ to, raw }) => ({
        to,
        messageId: /^message-id:\s*(<[^>]+>)/im.exec(raw)?.[1] ?? '',
      })),
      database: await readDatabase(stack.database),
      broker: await readBroker(cluster.urls[0]!, RETRY_DELAYS_MS),
    });
  }
});
