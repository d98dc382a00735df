import { postgres } from '../../../tools/embedded-stack/src/parts/postgres.js';
import { rabbitmq } from '../../../tools/embedded-stack/src/parts/rabbitmq.js';
import { table } from '../../../tools/usher-cli/src/table.js';
import { createTestDatabase } from '../../support/test-database.js';
import type { Bench } from '../bench.js';
import type { Percentiles } from '../../support/percentiles.js';
import { withServers } from '../servers.js';
import { benchEngine, type EngineResult } from './engine-bench.js';
import { fillCatalogue } from './generated-catalogue.js';
import { benchWorker, type WorkerResult } from './worker-bench.js';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];

export const recommend: Bench = {
  name: 'recommend',
  measures: 'p50/p99 per request at 1k, 10k, 100k, 1M items; memory; build time; SQL beside it',
  run: (_, say) =>
    withServers([postgres, rabbitmq], async ([server, broker]) => {
      const engine: EngineResult[] = [];
      let worker: WorkerResult | undefined;
      for (const size of SIZES) {
        say(`${size} items …`);
        const { database, url, drop } = await createTestDatabase(server!.url, STATEMENT_TIMEOUT_MS);
        await fillCatalogue(database, size);
        engine.push(await benchEngine(database));
        if (size === SIZES.at(-1)) {
          say(`the worker with ${size} items …`);
          worker = await benchWorker(database, { DATABASE_URL: url, RABBITMQ_URL: broker!.url });
        }
        await drop();
      }
      return { table: describe(engine, worker!), result: { engine, worker } };
    }),
};

/** A million rows are written in one statement. */
const STATEMENT_TIMEOUT_MS = 600_000;

const describe = (engine: readonly EngineResult[], worker: WorkerResult) =>
  [
    table([
      ['items', 'request p50/p99/max ms', 'SQL p50/max ms', 'read ms', 'build ms', 'arrays MB'],
      ...engine.map(({ items, request, sql, read, build, arrays }) => [
        String(items),
        all(request),
        `${sql.p50} / ${sql.max}`,
        String(read),
        String(build),
        String(arrays),
      ]),
    ]),
    '',
    table([
      ['the worker, 1M items', 'quiet', 'while rebuilding'],
      ['RSS MB', String(worker.rssSteady), String(worker.rssWhileRebuilding)],
      ['preview p50/p99/max ms', all(worker.preview), all(worker.previewWhileRebuilding)],
      ['event to list p50/p99/max ms', all(worker.handled), all(worker.handledWhileRebuilding)],
      ['rebuild ms', '', String(worker.rebuild)],
      ['10,000 changes visible after ms', String(worker.changesVisible), ''],
    ]),
  ].join('\n');

const all = ({ p50, p99, max }: Percentiles) => `${p50} / ${p99} / ${max}`;
