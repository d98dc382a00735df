import { Module } from '@nestjs/common';
import { DeliverGettingStartedGuideHandler } from './deliver-getting-started-guide/deliver-getting-started-guide.handler.js';

@Module({ controllers: [DeliverGettingStartedGuideHandler] })
export class NotificationWorkerModule {}
