import { connect } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import { computeRecommendations } from '#libs/contracts';
import { eventually } from '../../support/eventually.js';
import { count, type Drill } from './drill.js';
import { signUpAtRate } from './paced-load.js';

const WORKER = 'recommendation-worker';
const BACKLOG = 200;
const CATCH_UP_MS = 60_000;

/** A backlog that waits for a stopped worker while the reconciler looks at it all the time. */
export const stoppedWorker: Drill = {
  about: `${WORKER} is stopped, ${BACKLOG} people sign up, the reconciler runs every 10 s`,
  env: { RECONCILE_INTERVAL: '10s', RECONCILE_AFTER: '30s' },
  seconds: 600,
  async run({ stage, fleet, api, say }, seconds) {
    const { consumer } = computeRecommendations;
    await fleet.stop(WORKER);
    const answers = await signUpAtRate(api, { perSecond: 20, count: BACKLOG });
    const connection = await connect(stage.rabbitmq.url);
    stage.onClear(() => connection.close());
    const channel = await connection.createChannel();
    const depth = async () => (await channel.checkQueue(consumer)).messageCount;
    const resent = () => count(stage.database, 'messaging.outbox WHERE resends > 0');
    await eventually(async () => (await depth()) >= BACKLOG);
    say(`${await depth()} messages wait; the worker stays stopped for ${seconds} s`);
    let most = 0;
    for (const until = Date.now() + seconds * 1_000; Date.now() < until;) {
      most = Math.max(most, await depth());
      await sleep(1_000);
    }
    const sentAgain = await resent();
    await fleet.start(fleet.instances.find(({ app }) => app === WORKER)!);
    say(`at most ${most} messages waited; the worker starts again`);
    const done = `messaging.deliveries WHERE consumer = '${consumer}' AND status = 'done'`;
    await eventually(
      async () => (await count(stage.database, done)) === BACKLOG && (await depth()) === 0,
      CATCH_UP_MS,
    ).catch(() => undefined);
    const effects = await count(stage.database, 'recommendation.lists');
    const created = answers.filter(({ status }) => status === 201).length;
    return {
      table: [
        ['signed up', String(created)],
        ['most messages in the queue', String(most)],
        ['sent again by the reconciler', String(sentAgain)],
        ['done', String(await count(stage.database, done))],
        ['lists', String(effects)],
        ['left in the queue', String(await depth())],
      ],
      problems: [
        ...(created === BACKLOG ? [] : [`only ${created} sign-ups were answered 201`]),
        ...(most === BACKLOG ? [] : [`the queue held ${most} messages instead of ${BACKLOG}`]),
        ...(sentAgain === 0 ? [] : [`${sentAgain} events were sent again`]),
        ...(effects === BACKLOG ? [] : [`${effects} effects instead of ${BACKLOG}`]),
      ],
    };
  },
};
