/** What may follow a sign-up later. */
export type Journey = 'tips' | 'verify-reminder';

/** The key under which a journey of a person is scheduled. */
export const journeyKey = (journey: Journey, userId: string): string =>
  `journey:${journey}:${userId}`;
