import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DependencyUnavailableError } from '#libs/messaging';
import { Readiness } from '#libs/service-defaults';
import type { CatalogueReading } from '../catalogue/catalogue-reader.js';
import type { RankedList, RankingQuery } from '../ranking/rank.js';
import { observeCatalogueVersion } from './engine.metrics.js';
import { Searcher } from './searcher.js';

/** Ranks by the newest index there is; the old one serves until {@link use} brings another. */
@Injectable()
export class RankingEngine implements OnApplicationShutdown {
  private readonly searcher = new Searcher();
  private version: number | undefined;
  private problem = 'the catalogue is being read';

  constructor(readiness: Readiness) {
    readiness.add('catalogue', () => (this.version === undefined ? this.problem : undefined));
    observeCatalogueVersion(() => this.version);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.searcher.stop();
  }

  /** @throws DependencyUnavailableError as long as there is no index */
  async rank(query: RankingQuery): Promise<RankedList> {
    if (this.version === undefined) throw new DependencyUnavailableError(this.problem);
    return this.searcher.rank(query);
  }

  /** From now on; whole catalogues at the beginning, then also changes to the last whole one. */
  use(reading: CatalogueReading): void {
    this.searcher.use(reading);
    this.version = reading.version;
  }

  /** Why there is no newer index; without any index nothing can be ranked. */
  report(problem: string): void {
    this.problem = problem;
  }
}
