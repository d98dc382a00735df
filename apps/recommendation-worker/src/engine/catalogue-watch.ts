import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { DatabaseConfig } from '#libs/bootstrap';
import { CATALOGUE } from '#libs/contracts';
import { Database } from '#libs/database';
import { Hints } from '#libs/messaging';
import { sleep } from '#libs/service-defaults';
import type { Whole } from '../catalogue/catalogue-reader.js';
import { RecommendationWorkerConfig } from '../recommendation-worker.config.js';
import { buildCatalogue } from './build-catalogue.js';
import { RankingEngine } from './ranking-engine.js';

/** How often the catalogue's version is looked at without a hint, since hints may be lost. */
const LOOK_INTERVAL_MS = 5_000;

/**
 * Keeps the engine's index up to date. A changed catalogue is read at once: few changes are laid beside the
 * index, many make a new one. What people have opened goes into a new index every now and then.
 */
@Injectable()
export class CatalogueWatch implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CatalogueWatch.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private hint = new AbortController();
  private version: number | undefined;
  /** The last whole index: what changes are counted from. */
  private whole: (Whole & { readonly readAt: Date }) | undefined;

  constructor(
    private readonly engine: RankingEngine,
    private readonly database: Database,
    private readonly hints: Hints,
    @Inject(DatabaseConfig) private readonly databaseConfig: DatabaseConfig,
    @Inject(RecommendationWorkerConfig) private readonly config: RecommendationWorkerConfig,
  ) {}

  onModuleInit(): void {
    this.hints.subscribe(CATALOGUE, () => this.hint.abort());
  }

  /** Waits for the first look, so that the first messages find an index if there is a catalogue. */
  async onApplicationBootstrap(): Promise<void> {
    await this.look();
    this.running = this.watch();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.hint.abort();
    await this.running;
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(LOOK_INTERVAL_MS, this.hint.signal);
      if (!signal.aborted) await this.look();
    }
  }

  private async look(): Promise<void> {
    // What is hinted at from here on is looked at again.
    this.hint = new AbortController();
    try {
      if (this.whole === undefined || (await this.isDue(this.whole))) await this.build();
      else if ((await this.readVersion()) !== this.version) await this.build(this.whole);
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      const { message } = error as Error;
      this.logger.error(`the catalogue cannot be used: ${message}; it is looked at again`);
      this.engine.report(message);
    }
  }

  private async build(since?: Whole): Promise<void> {
    const task = { databaseUrl: this.databaseConfig.DATABASE_URL, since };
    const reading = await buildCatalogue(task, this.stopping.signal);
    const { kind, version, segment, took } = reading;
    const { size, people } = segment;
    this.engine.use(reading);
    this.version = version;
    if (kind === 'whole') this.whole = { version, people, readAt: reading.readAt };
    const what = kind === 'whole' ? 'items' : 'changed items';
    this.logger.log(
      `catalogue version ${version}: ${size} ${what}, read in ${took.reading.toFixed()} ms, ` +
        `built in ${took.building.toFixed()} ms`,
    );
  }

  /** Whether something is to be learnt, or changes to be folded in, and it is time for that. */
  private async isDue({ version, readAt }: Whole & { readonly readAt: Date }): Promise<boolean> {
    if (Date.now() - readAt.getTime() < this.config.RECOMMENDATION_LEARN_INTERVAL) return false;
    if (version !== this.version) return true;
    const [row] = await this.database.query<{ learnt: boolean }>(
      'SELECT EXISTS (SELECT 1 FROM recommendation.opened WHERE opened_at >= $1) AS learnt',
      [readAt],
    );
    return row!.learnt;
  }

  private async readVersion(): Promise<number | undefined> {
    const [row] = await this.database.query<{ version: number }>(
      'SELECT version FROM recommendation.catalogue',
    );
    return row?.version;
  }
}
