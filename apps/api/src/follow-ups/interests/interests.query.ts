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

/** Of a catalogue with more tags those of the most items. */
const MAX_INTERESTS_TO_CHOOSE = 500;

/** Reads `recommendation.interests`. */
@Injectable()
export class InterestsQuery {
  constructor(private readonly database: Database) {}

  async list(locale: Locale): Promise<Interest[]> {
    return this.database.query<Interest & Record<string, unknown>>(
      `SELECT tag, coalesce(labels ->> $1, labels ->> 'en', tag) AS label, items
         FROM (SELECT * FROM recommendation.interests ORDER BY items DESC, tag LIMIT $2) AS known
        ORDER BY tag`,
      [locale, MAX_INTERESTS_TO_CHOOSE],
    );
  }
}
