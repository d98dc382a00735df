import { execFileSync } from 'node:child_process';
import { eventually } from '../../support/eventually.js';
import { countOpen } from '../evidence.js';
import { percentiles, type Percentiles } from '../../support/percentiles.js';
import { count, type Drill, type Scene } from './drill.js';
import { signUpAtRate } from './paced-load.js';

const PER_SECOND = 20;
const WARM_UP = 200;
const CATCH_UP_MS = 120_000;
const SAMPLE_MS = 2_000;

interface Phase {
  readonly statuses: string;
  readonly notCreated: number;
  readonly latency: Percentiles;
  /** The API's resident memory in MB: at the start, the most, at the end. */
  readonly memory: readonly [number, number, number];
  readonly unpublished: number;
}

/** Sign-ups at a steady rate: with the broker, without it, and with it again. */
export const brokerOutage: Drill = {
  about: `${PER_SECOND} sign-ups a second while the broker is there, away, and there again`,
  env: {},
  seconds: 60,
  async run(scene, seconds) {
    const { stage, say } = scene;
    await signUpAtRate(scene.api, { perSecond: PER_SECOND, count: WARM_UP });
    say(`warmed up; ${seconds} s with the broker`);
    const before = await phase(scene, seconds);
    await stage.rabbitmq.kill();
    say(`the broker is away, for ${seconds} s`);
    const away = await phase(scene, seconds);
    const backAt = Date.now();
    await stage.rabbitmq.start();
    say(`the broker is back; ${seconds} s more`);
    const after = await phase(scene, seconds);
    await eventually(async () => (await countOpen(stage.database)) === 0, CATCH_UP_MS).catch(
      () => undefined,
    );
    say(
      `everything done ${((Date.now() - backAt) / 1_000).toFixed(0)} s after the broker's return`,
    );

    const phases = Object.entries({ 'with the broker': before, 'broker away': away, back: after });
    const open = await countOpen(stage.database);
    const unpublished = await count(stage.database, 'messaging.outbox WHERE published_at IS NULL');
    const attempts = await count(stage.database, 'messaging.outbox WHERE attempts > 0');
    return {
      table: [
        ['', 'answers', 'p50', 'p99', 'API memory first / most / last', 'unpublished at the end'],
        ...phases.map(([name, { statuses, latency, memory, unpublished: left }]) => [
          name,
          statuses,
          `${latency.p50.toFixed(0)} ms`,
          `${latency.p99.toFixed(0)} ms`,
          `${memory.join(' / ')} MB`,
          String(left),
        ]),
        ['p99 away ÷ with', (away.latency.p99 / before.latency.p99).toFixed(2)],
      ],
      problems: [
        ...phases.flatMap(([name, { notCreated }]) =>
          notCreated > 0 ? [`${name}: ${notCreated} sign-ups were not answered 201`] : [],
        ),
        ...(unpublished > 0 ? [`${unpublished} events were never published`] : []),
        ...(open > 0 ? [`${open} deliveries have no outcome`] : []),
        ...(attempts > 0 ? [`the outage used up attempts of ${attempts} events`] : []),
      ],
    };
  },
};

async function phase({ api, fleet, stage }: Scene, seconds: number): Promise<Phase> {
  const megabytes = () => {
    const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', String(fleet.pidOf('api'))]);
    return Math.round(Number(kilobytes) / 1_024);
  };
  const memory = [megabytes()];
  const sampling = setInterval(() => memory.push(megabytes()), SAMPLE_MS);
  const load = { perSecond: PER_SECOND, count: PER_SECOND * seconds };
  const answers = await signUpAtRate(api, load).finally(() => clearInterval(sampling));
  const statuses = new Map<number, number>();
  for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  return {
    statuses: [...statuses].map(([status, times]) => `${times} × ${status}`).join(', '),
    notCreated: answers.length - (statuses.get(201) ?? 0),
    latency: percentiles(answers.map(({ milliseconds }) => milliseconds)),
    memory: [memory[0]!, Math.max(...memory), megabytes()],
    unpublished: await count(stage.database, 'messaging.outbox WHERE published_at IS NULL'),
  };
}
