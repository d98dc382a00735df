import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Database } from '#libs/database';
import { MessagingModule, type MessagingModuleOptions } from '#libs/messaging';
import { loggerModule, Readiness, type AnyConfigClass, type Log } from '#libs/service-defaults';

/** What the modules of an app are given. */
export interface CoreParts {
  readonly log: Log;
  readonly configs: Map<AnyConfigClass, object>;
  readonly database: Database;
  readonly readiness: Readiness;
  readonly messaging: MessagingModuleOptions;
}

/** What every app can inject: the parsed configs, the database, the readiness, messaging. */
@Global()
@Module({})
export class CoreModule {
  static with({ log, configs, database, readiness, messaging }: CoreParts): DynamicModule {
    const providers = [
      ...[...configs].map(([provide, useValue]) => ({ provide, useValue })),
      { provide: Database, useValue: database },
      { provide: Readiness, useValue: readiness },
    ];
    return {
      module: CoreModule,
      imports: [loggerModule(log), MessagingModule.forRoot(messaging)],
      providers,
      exports: providers.map(({ provide }) => provide),
    };
  }
}
