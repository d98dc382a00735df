import { Injectable } from '@nestjs/common';
import type { Locale } from '#libs/contracts';
import { Database } from '#libs/database';

/** An interest to choose, in the person's language. */
export interface Interest {
  readonly tag: string;
  readonly label: string;
  /** How many items of the catalogue carry it. */
  readonly items: number;
}

/** Reads `recommendation.interests`. */
@Injectable()
export class InterestsQuery {
  constructor(private readonly database: Database) {}

  async list(locale: Locale): Promise<Interest[]> {
    return this.database.query<Interest & Record<string, unknown>>(
      `SELECT i.tag, coalesce(i.labels ->> $1, i.labels ->> 'en', i.tag) AS label, coalesce(c.items, 0)::int AS items
         FROM recommendation.interests AS i
         LEFT JOIN (SELECT unnest(tags) AS tag, count(*) AS items FROM recommendation.items GROUP BY 1) AS c
           ON c.tag = i.tag
        ORDER BY i.tag`,
      [locale],
    );
  }
}
