import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Database, whileAlone } from '#libs/database';
import { Periodic } from '#libs/service-defaults';
import { ApiConfig } from '../api.config.js';
import { deleteExpiredRows } from './expired-rows.js';

/** Keeps the tables of the API tidy, in one instance at a time. */
@Injectable()
export class Upkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly cleaning: Periodic;

  constructor({ CLEAN_INTERVAL }: ApiConfig, database: Database) {
    this.cleaning = new Periodic('deleting what has expired', CLEAN_INTERVAL, (signal) =>
      whileAlone(database, 'usher deleting what has expired', () =>
        deleteExpiredRows(database, signal),
      ),
    );
  }

  onApplicationBootstrap(): void {
    this.cleaning.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.cleaning.stop();
  }
}
