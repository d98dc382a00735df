import { userRegistered } from '#libs/contracts';
import { createEvent, eventMessage, type EventOf } from '#libs/messaging';
import type { Database } from '#libs/database';
import { v7 as uuidv7 } from 'uuid';
import { newPerson } from '../load/people.js';
import type { Filling } from './broker.js';

/** The event of a sign-up that never was. */
export function someRegistration(): EventOf<typeof userRegistered> {
  const { email, displayName, interests } = newPerson();
  const userId = uuidv7();
  const data = {
    userId,
    email,
    displayName,
    interests,
    interestsVersion: 1,
    locale: 'en' as const,
  };
  return createEvent(userRegistered, data, {
    source: 'bench',
    subject: userId,
    correlationId: uuidv7(),
  });
}

/** As Usher's relay publishes it. */
export function registrationMessage(): Filling {
  const event = someRegistration();
  return eventMessage(event, '', event.type);
}

/** As Nest's own transport wants it: the pattern beside the data. */
export function nestMessage(): Filling {
  const data = someRegistration();
  return { content: Buffer.from(JSON.stringify({ pattern: data.type, data })) };
}

/** Puts so many events into the outbox in one statement: a relay sees none or all of them. */
export async function fillOutbox(database: Database, events: number): Promise<void> {
  const all = Array.from({ length: events }, someRegistration);
  await database.query(
    `INSERT INTO messaging.outbox (id, type, source, subject, occurred_at, correlation_id, data, expected_consumers)
     SELECT id, $1, 'bench', subject, now(), id::text, data::json, '{}'
       FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS event (id, subject, data)`,
    [
      userRegistered.type,
      all.map(({ id }) => id),
      all.map(({ subject }) => subject),
      all.map(({ data }) => JSON.stringify(data)),
    ],
  );
}
