import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { journeyKey, type Journey } from '#libs/journeys';
import { ApiConfig } from '../../api.config.js';

/** A mail that is to follow later, unless something happens first. */
export interface UpcomingMail {
  readonly name: Journey;
  readonly dueAt: Date;
}

/** Reads which mails of the journeys that are on follow for a person, the next one first. */
@Injectable()
export class UpcomingQuery {
  private readonly journeys: readonly Journey[];

  constructor(
    { JOURNEY_TIPS, JOURNEY_VERIFY_REMINDER }: ApiConfig,
    private readonly database: Database,
  ) {
    this.journeys = [
      ...(JOURNEY_TIPS ? (['tips'] as const) : []),
      ...(JOURNEY_VERIFY_REMINDER === undefined ? [] : (['verify-reminder'] as const)),
    ];
  }

  async of(userId: string): Promise<UpcomingMail[]> {
    return this.database.query<UpcomingMail>(
      `SELECT split_part(key, ':', 2) AS name, due_at AS "dueAt" FROM messaging.scheduled
        WHERE subject = $1 AND key = ANY ($2::text[]) ORDER BY due_at, key`,
      [userId, this.journeys.map((journey) => journeyKey(journey, userId))],
    );
  }
}
