import {
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Messaging, type MessagingDefinition } from './contract/messaging.js';
import type { Database } from './database/database.js';
import { Hints } from './hints/hints.js';
import { MessagingConfig } from './messaging.config.js';
import { Outbox } from './outbox/outbox.js';
import { RelayService } from './relay-service.js';
import { QueueGauges } from './routing/queue-gauges.js';

/** What an application's messaging is made of, and what it works with. */
export interface MessagingModuleOptions extends MessagingDefinition {
  readonly database: Database;
  readonly config: MessagingConfig;
  /**
   * Whether this process publishes what is in the outbox, cleans it up, and looks for deliveries that are
   * missing; yes unless given. One process of an application has to, and any number may.
   */
  readonly relays?: boolean;
  /** Called when an exchange or a queue exists with other arguments, and nothing was published yet. */
  readonly onTopologyMismatch?: (error: Error) => void;
}

/** Gives an app the {@link Messaging} of its application, the {@link Outbox} and {@link Hints}. */
@Module({})
export class MessagingModule implements OnApplicationBootstrap, OnApplicationShutdown {
  /** @throws Error when the definition is not sound, see {@link Messaging} */
  static forRoot(options: MessagingModuleOptions): DynamicModule {
    const { database, config, relays = true, onTopologyMismatch } = options;
    const messaging = new Messaging(options);
    const outbox = new Outbox(messaging);
    const values = [
      { provide: Messaging, useValue: messaging },
      { provide: MessagingConfig, useValue: config },
      { provide: Outbox, useValue: outbox },
      { provide: Hints, useValue: new Hints(messaging, config.RABBITMQ_URL, 'hints') },
    ];
    const relay = {
      provide: RelayService,
      useFactory: () => new RelayService(messaging, config, database, outbox, onTopologyMismatch),
    };
    return {
      module: MessagingModule,
      global: true,
      providers: [...values, ...(relays ? [relay, QueueGauges] : [])],
      exports: values.map(({ provide }) => provide),
    };
  }

  constructor(private readonly hints: Hints) {}

  onApplicationBootstrap(): void {
    this.hints.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.hints.stop();
  }
}
