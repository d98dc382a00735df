import { Controller } from '@nestjs/common';
import { deliverGettingStartedGuide, type userRegistered } from '#libs/contracts';
import { type Delivery, type EventOf, Subscribe } from '#libs/messaging';
import { v7 as uuidv7 } from 'uuid';
import { gettingStartedGuide } from './getting-started-guide.js';

@Controller()
export class DeliverGettingStartedGuideHandler {
  @Subscribe(deliverGettingStartedGuide)
  async handle(event: EventOf<typeof userRegistered>, delivery: Delivery): Promise<void> {
    const { userId, displayName, locale } = event.data;
    const { title, body } = gettingStartedGuide(locale, displayName);
    await delivery.effect(
      `INSERT INTO notification.notifications (id, user_id, event_id, kind, title, body)
       SELECT $1, $2, $3, 'getting-started-guide', $4, $5 FROM delivery`,
      [uuidv7(), userId, event.id, title, body],
    );
  }
}
