import { userRegistered } from '#libs/contracts';
import { createEvent, type EventOf, exampleOf } from '#libs/messaging';
import { randomUUID } from 'node:crypto';

export type Registered = EventOf<typeof userRegistered>;

/** A registration; its displayName tells the handler what to do: `<what to do> <in how many runs>`. */
export function registered(displayName: string): Registered {
  const { data } = exampleOf(userRegistered) as { data: Registered['data'] };
  const userId = randomUUID();
  return createEvent(
    userRegistered,
    { ...data, displayName, userId },
    { source: 'test', subject: userId, correlationId: randomUUID() },
  );
}
