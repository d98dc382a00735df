import { Controller } from '@nestjs/common';
import { computeRecommendations, type userRegistered } from '#libs/contracts';
import { type Delivery, type EventOf, Subscribe } from '#libs/messaging';
import { RecommendationLists } from '../recommendation-lists.js';

@Controller()
export class ComputeRecommendationsHandler {
  constructor(private readonly lists: RecommendationLists) {}

  @Subscribe(computeRecommendations)
  async handle(event: EventOf<typeof userRegistered>, delivery: Delivery): Promise<void> {
    const list = await this.lists.compute(event.data);
    await this.lists.save(delivery, event.data, list);
  }
}
