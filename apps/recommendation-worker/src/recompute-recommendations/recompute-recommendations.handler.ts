import { Controller } from '@nestjs/common';
import { recomputeRecommendations, type userInterestsChanged } from '#libs/contracts';
import { type Delivery, type EventOf, Subscribe } from '#libs/messaging';
import { RecommendationLists } from '../recommendation-lists.js';

@Controller()
export class RecomputeRecommendationsHandler {
  constructor(private readonly lists: RecommendationLists) {}

  @Subscribe(recomputeRecommendations)
  async handle(event: EventOf<typeof userInterestsChanged>, delivery: Delivery): Promise<void> {
    const list = await this.lists.compute(event.data);
    await this.lists.save(delivery, event.data, list);
  }
}
