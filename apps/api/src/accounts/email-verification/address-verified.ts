import { Injectable } from '@nestjs/common';
import { userEmailVerified, type Locale } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { createEvent, Outbox } from '#libs/messaging';
import { Journeys } from '../journeys/journeys.js';

interface VerifiedRow {
  id: string;
  email: string;
  display_name: string;
  locale: Locale;
  time_zone: string | null;
  email_verified_at: Date;
}

/** Marks an address as its person's own, announces it, and ends what waited for it, in one transaction. */
@Injectable()
export class AddressVerified {
  constructor(
    private readonly outbox: Outbox,
    private readonly journeys: Journeys,
  ) {}

  /** False when it is verified already, or is no longer this person's. */
  async write(
    transaction: Transaction,
    { userId, email }: { readonly userId: string; readonly email: string },
    requestId: string,
  ): Promise<boolean> {
    const [row] = await transaction.query<VerifiedRow>(
      `UPDATE accounts.users SET email_verified_at = messaging.now(), updated_at = now()
        WHERE id = $1 AND email = $2 AND email_verified_at IS NULL
       RETURNING id, email, display_name, locale, time_zone, email_verified_at`,
      [userId, email],
    );
    if (!row) return false;
    const data = {
      userId,
      email: row.email,
      displayName: row.display_name,
      locale: row.locale,
      timeZone: row.time_zone ?? undefined,
      verifiedAt: row.email_verified_at.toISOString(),
    };
    const context = { source: 'api', subject: userId, correlationId: requestId };
    await this.outbox.append(transaction, createEvent(userEmailVerified, data, context));
    await this.journeys.verified(transaction, userId);
    return true;
  }
}
