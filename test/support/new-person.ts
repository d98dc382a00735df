import { type Locale, userRegistered } from '#libs/contracts';
import { createEvent, type EventDefinition } from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import { randomName } from './random-name.js';
import type { TestBroker } from './test-broker.js';

/** Somebody to whom a mail is to be sent; `publish` sends the e-mail worker the event, the same one each time. */
export interface NewPerson {
  readonly email: string;
  readonly eventId: string;
  readonly publish: () => void;
}

export interface PersonOptions {
  readonly email?: string;
  readonly displayName?: string;
  readonly locale?: Locale;
  /** Which event is to lead to the mail; the sign-up unless given. */
  readonly definition?: EventDefinition;
}

export function newPerson(broker: TestBroker, options: PersonOptions = {}): NewPerson {
  const { email = `${randomName()}@example.com`, definition = userRegistered } = options;
  const { displayName = 'Ada', locale = 'en' } = options;
  const userId = randomUUID();
  const recipient = { userId, email, displayName, locale };
  // Every event that leads to a mail takes of these what it knows.
  const data = { ...recipient, interests: [], interestsVersion: 1, credentialVersion: 1 };
  const event = createEvent(definition, data, {
    source: 'test',
    subject: userId,
    correlationId: userId,
  });
  return { email, eventId: event.id, publish: () => broker.publish(event) };
}
