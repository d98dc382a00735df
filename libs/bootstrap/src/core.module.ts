import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Database } from '#libs/database';
import { HintsModule } from '#libs/messaging';
import { loggerModule, Readiness, type AnyConfigClass, type Log } from '#libs/service-defaults';
import type { DataSource } from 'typeorm';

/** What every app can inject: the parsed configs, the database, the readiness, hints. */
@Global()
@Module({})
export class CoreModule {
  static with(
    log: Log,
    configs: Map<AnyConfigClass, object>,
    dataSource: DataSource,
    readiness: Readiness,
  ): DynamicModule {
    const providers = [
      ...[...configs].map(([provide, useValue]) => ({ provide, useValue })),
      { provide: Database, useValue: new Database(dataSource) },
      { provide: Readiness, useValue: readiness },
    ];
    return {
      module: CoreModule,
      imports: [loggerModule(log), HintsModule],
      providers,
      exports: [HintsModule, ...providers.map(({ provide }) => provide)],
    };
  }
}
