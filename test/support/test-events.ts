import { createEvent, defineEvent, defineSubscription, type Effect } from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { randomName } from './random-name.js';

/** An event type and its subscriptions that no other test shares. */
export function testEvents() {
  const app = `test-${randomName()}`;
  const definition = defineEvent(`${app}.happened.v1`, z.object({ note: z.string() }), {
    prefix: 'usher',
  });
  return {
    app,
    definition,
    subscribe: (handler: string, effect: Effect = 'transaction', hint = false) =>
      defineSubscription(definition, { consumer: `${app}.${handler}`, effect, hint }),
    event: (note = 'a note') =>
      createEvent(
        definition,
        { note },
        { source: 'test', subject: randomUUID(), correlationId: randomUUID() },
      ),
  };
}
