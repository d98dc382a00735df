import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { itemId } from './item-id.js';
import { interestTag, MAX_INTERESTS } from '../users/profile.js';

/** A person opened an item that was recommended to them. */
export const recommendationOpened = defineEvent(
  'recommendation.opened.v1',
  z.object({
    userId: z.uuid(),
    itemId,
    /** As they were at that moment. */
    interests: z.array(interestTag).max(MAX_INTERESTS),
  }),
);
