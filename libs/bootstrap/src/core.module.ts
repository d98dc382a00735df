import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Database } from '#libs/database';
import {
  loggerModule,
  Readiness,
  ServiceConfig,
  type AnyConfigClass,
} from '#libs/service-defaults';
import type { DataSource } from 'typeorm';

/** What every app can inject: the parsed configs, the database, the readiness. */
@Global()
@Module({})
export class CoreModule {
  static with(
    service: string,
    configs: Map<AnyConfigClass, object>,
    dataSource: DataSource,
    readiness: Readiness,
  ): DynamicModule {
    const providers = [
      ...[...configs].map(([provide, useValue]) => ({ provide, useValue })),
      { provide: Database, useValue: new Database(dataSource) },
      { provide: Readiness, useValue: readiness },
    ];
    const serviceConfig = configs.get(ServiceConfig) as ServiceConfig;
    return {
      module: CoreModule,
      imports: [loggerModule(service, serviceConfig)],
      providers,
      exports: providers.map(({ provide }) => provide),
    };
  }
}
