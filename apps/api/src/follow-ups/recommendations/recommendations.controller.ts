import { Body, Controller, HttpCode, Get, Param, Post } from '@nestjs/common';
import { MAX_RECOMMENDATIONS } from '#libs/contracts';
import type { z } from 'zod';
import {
  Accounts,
  type CurrentSession,
  FromSession,
  RequiresSession,
} from '../../accounts/index.js';
import { FromClient, type Client } from '../../http/client.js';
import { noBody } from '../../http/no-body.schema.js';
import { Documented } from '../../openapi/documented.decorator.js';
import { Impressions } from './impressions.js';
import { ItemsQuery } from './items.query.js';
import { ListsQuery } from './lists.query.js';
import { OpenRecommendation } from './open-recommendation.js';
import { recommendations } from './recommendations.schema.js';

@Controller('v1/me/recommendations')
@RequiresSession()
export class RecommendationsController {
  constructor(
    private readonly lists: ListsQuery,
    private readonly items: ItemsQuery,
    private readonly accounts: Accounts,
    private readonly impressions: Impressions,
    private readonly opening: OpenRecommendation,
  ) {}

  @Get()
  @Documented('The recommendations, and why', { 200: recommendations })
  async get(@FromSession() { userId }: CurrentSession) {
    const made = await this.lists.of(userId);
    if (made) {
      const { list, exploredItemId } = made;
      const isPopular = list.fallback === 'popular';
      await this.impressions.record(userId, { ...list, exploredItemId, isPopular });
      return { status: 'ready', ...list };
    }
    const { locale } = await this.accounts.get(userId);
    const popular = await this.items.popular(locale, MAX_RECOMMENDATIONS);
    await this.impressions.record(userId, { ...popular, isPopular: true });
    return { status: 'computing', ...popular };
  }

  @Post(':itemId/opened')
  @Documented(
    'Tells that an item was opened, for the lists to learn from',
    { 204: null },
    'not_found',
    'validation_failed',
  )
  @HttpCode(204)
  async open(
    @FromSession() { userId }: CurrentSession,
    @Param('itemId') itemId: string,
    @Body({ schema: noBody }) _body: z.output<typeof noBody>,
    @FromClient() client: Client,
  ): Promise<void> {
    await this.opening.execute(userId, itemId, client);
  }
}
