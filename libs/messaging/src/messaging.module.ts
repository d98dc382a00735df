import {
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Messaging, OUTBOX, type MessagingDefinition } from './contract/messaging.js';
import type { Database } from './database/database.js';
import { Hints } from './hints/hints.js';
import { OutboxHints } from './hints/outbox-hints.js';
import { MessagingConfig } from './messaging.config.js';
import { Outbox } from './outbox/outbox.js';
import { RelayService } from './relay-service.js';
import { QueueGauges } from './routing/queue-gauges.js';
import { ScheduledEvents } from './scheduling/scheduled-events.js';

/** What an application's messaging is made of, and what it works with. */
export interface MessagingModuleOptions extends MessagingDefinition {
  readonly database: Database;
  readonly config: MessagingConfig;
  /**
   * Whether this process publishes what is in the outbox, promotes what is due, cleans up, and looks for
   * deliveries that are missing; yes unless given. One process of an application has to, and any number may.
   */
  readonly relays?: boolean;
  /** Called when an exchange or a queue exists with other arguments, and nothing was published yet. */
  readonly onTopologyMismatch?: (error: Error) => void;
}

/** Gives an app the {@link Messaging} of its application, {@link Outbox}, {@link ScheduledEvents} and {@link Hints}. */
@Module({})
export class MessagingModule implements OnApplicationBootstrap, OnApplicationShutdown {
  /** @throws Error when the definition is not sound, see {@link Messaging} */
  static forRoot(options: MessagingModuleOptions): DynamicModule {
    const { database, config, relays = true, onTopologyMismatch } = options;
    const messaging = new Messaging(options);
    const outbox = new Outbox(messaging);
    const scheduled = new ScheduledEvents(messaging);
    const hints = new Hints(messaging, config.RABBITMQ_URL, 'hints');
    const values = [
      { provide: Messaging, useValue: messaging },
      { provide: MessagingConfig, useValue: config },
      { provide: Outbox, useValue: outbox },
      { provide: ScheduledEvents, useValue: scheduled },
      { provide: Hints, useValue: hints },
    ];
    if (relays) {
      hints.subscribe(OUTBOX, () => {
        outbox.wake();
        scheduled.wake();
      });
    } else {
      const announcement = new OutboxHints(hints);
      outbox.onCommitted(() => announcement.committed());
      scheduled.onCommitted(() => announcement.committed());
    }
    const relay = {
      provide: RelayService,
      useFactory: () =>
        new RelayService(messaging, config, database, { outbox, scheduled, onTopologyMismatch }),
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
