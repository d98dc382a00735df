import {
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { MessagingConfig } from '../messaging.config.js';
import { Hints } from './hints.js';

/** Gives an app its {@link Hints}, from its start to its end; subscribe in `onModuleInit`. */
@Module({
  providers: [
    {
      provide: Hints,
      useFactory: (config: MessagingConfig) => new Hints(config.RABBITMQ_URL, 'hints'),
      inject: [MessagingConfig],
    },
  ],
  exports: [Hints],
})
export class HintsModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(Hints) private readonly hints: Hints) {}

  onApplicationBootstrap(): void {
    this.hints.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.hints.stop();
  }
}
