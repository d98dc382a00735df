import { Injectable } from '@nestjs/common';
import { itemId as itemIdSchema, recommendationOpened } from '#libs/contracts';
import { Database } from '#libs/database';
import { createEvent, Outbox } from '#libs/messaging';
import type { Client } from '../../http/client.js';
import { notFound } from '../../http/problem.js';

/** Announces that a person has opened an item, together with the interests that they have at this moment. */
@Injectable()
export class OpenRecommendation {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Problem `not_found` when there is no such item */
  async execute(userId: string, itemId: string, client: Client): Promise<void> {
    if (!itemIdSchema.safeParse(itemId).success) throw notFound();
    await this.database.transaction(async (transaction) => {
      const [reader] = await transaction.query<{ interests: string[] }>(
        `SELECT u.interests FROM accounts.users AS u, recommendation.items AS i
          WHERE u.id = $1 AND i.id = $2`,
        [userId, itemId],
      );
      if (!reader) throw notFound();
      const event = createEvent(
        recommendationOpened,
        { userId, itemId, interests: reader.interests },
        { source: 'api', subject: userId, correlationId: client.requestId },
      );
      await this.outbox.append(transaction, event);
    });
  }
}
