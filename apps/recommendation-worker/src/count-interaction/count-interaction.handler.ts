import { Controller } from '@nestjs/common';
import { countInteraction, type EventOf, type recommendationOpened } from '#libs/contracts';
import { Subscribe, type Delivery } from '#libs/messaging';
import { countOpened } from './interaction-counts.js';

@Controller()
export class CountInteractionHandler {
  @Subscribe(countInteraction)
  async handle(event: EventOf<typeof recommendationOpened>, delivery: Delivery): Promise<void> {
    await delivery.inTransaction((transaction) => countOpened(transaction, event.data));
  }
}
