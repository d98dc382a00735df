import {
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Messaging } from '../contract/messaging.js';
import { MessagingConfig } from '../messaging.config.js';
import { RequestClient } from './request-client.js';

/** Gives an app a {@link RequestClient}, from its start to its end. */
@Module({
  providers: [
    {
      provide: RequestClient,
      useFactory: (messaging: Messaging, config: MessagingConfig) =>
        new RequestClient(messaging, config.RABBITMQ_URL, 'requests'),
      inject: [Messaging, MessagingConfig],
    },
  ],
  exports: [RequestClient],
})
export class RequestsModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(RequestClient) private readonly client: RequestClient) {}

  onApplicationBootstrap(): void {
    this.client.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.stop();
  }
}
