import { Controller } from '@nestjs/common';
import { countInteraction, type recommendationOpened } from '#libs/contracts';
import { type Delivery, type EventOf, Subscribe } from '#libs/messaging';
import { countOpened } from './interaction-counts.js';

@Controller()
export class CountInteractionHandler {
  @Subscribe(countInteraction)
  async handle(event: EventOf<typeof recommendationOpened>, delivery: Delivery): Promise<void> {
    await delivery.inTransaction((transaction) => countOpened(transaction, event.data));
  }
}
