import { Controller, Get } from '@nestjs/common';
import { FromSession, RequiresSession } from '../http/session.guard.js';
import { Accounts } from '../me/accounts.js';
import { Documented } from '../openapi/documented.decorator.js';
import type { CurrentSession } from '../sessions/session-store.js';
import { ItemsQuery } from './items.query.js';
import { ListsQuery } from './lists.query.js';
import { recommendations } from './recommendations.schema.js';

const POPULAR_MODEL = 'popular-1';

@Controller('v1/me/recommendations')
@RequiresSession()
export class RecommendationsController {
  constructor(
    private readonly lists: ListsQuery,
    private readonly items: ItemsQuery,
    private readonly accounts: Accounts,
  ) {}

  @Get()
  @Documented('The recommendations, and why', { 200: recommendations })
  async get(@FromSession() { userId }: CurrentSession) {
    const list = await this.lists.of(userId);
    if (list) return { status: 'ready', ...list };
    const { locale } = await this.accounts.get(userId);
    const items = await this.items.popular(locale);
    return { status: 'computing', fallback: 'popular', modelVersion: POPULAR_MODEL, items };
  }
}
