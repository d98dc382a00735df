import { z } from 'zod';
import { defineUserEvent } from '../users/define-user-event.js';
import { interests } from '../users/interests.js';
import { userId } from '../users/recipient.js';
import { itemId } from './item-id.js';

/** A person opened an item that was recommended to them. */
export const recommendationOpened = defineUserEvent(
  'recommendation.opened.v1',
  z
    .object({
      userId,
      itemId: itemId.describe('the item of the catalogue'),
      interests: interests.describe('what the person was interested in when they opened it'),
    })
    .meta({
      description:
        'A person opened an item that was recommended to them. Written by the API with `POST /v1/me/recommendations/:itemId/opened`, at every call; who opens an item again is counted once.',
      examples: [
        {
          userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
          itemId: 'typescript-handbook',
          interests: ['typescript'],
        },
      ],
    }),
);
