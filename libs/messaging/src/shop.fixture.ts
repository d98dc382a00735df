import { z } from 'zod';
import { defineEvent } from './contract/define-event.js';
import { defineRequest } from './contract/define-request.js';
import { defineSubscription } from './contract/define-subscription.js';
import type { MessagingDefinition } from './contract/messaging.js';

/** The application that the specs of this library are about. */
export const orderPlaced = defineEvent(
  'order.placed.v1',
  z
    .object({
      orderId: z.uuid().describe('the order'),
      goods: z.array(z.string().regex(/^[a-z-]+$/)).describe('what was ordered'),
      version: z.number().describe('of the order'),
      currency: z.enum(['EUR', 'CNY']).describe('in which it is paid'),
      country: z.string().length(2).optional().describe('where it goes'),
    })
    .meta({
      description: 'Somebody ordered something.',
      examples: [
        {
          orderId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
          goods: ['tea'],
          version: 1,
          currency: 'EUR',
        },
      ],
    }),
  {
    prefix: 'shop',
    subject: { schema: z.uuid().describe('the id of the order'), field: 'orderId' },
  },
);

export const ORDER_ID = '01890a5d-ac96-774b-bcce-b302099a8058';

export const order = () => ({
  orderId: ORDER_ID,
  goods: ['tea'],
  version: 2,
  currency: 'EUR' as const,
});

export const context = { source: 'shop', subject: ORDER_ID, correlationId: 'request-1' };

export const packParcel = defineSubscription(orderPlaced, {
  consumer: 'parcel-worker.pack-parcel',
});
export const sendBill = defineSubscription(orderPlaced, {
  consumer: 'bill-worker.send-bill',
  effect: 'external',
});
export const forecast = defineRequest('weather-worker.forecast', {
  deadlineMs: 100,
  question: z.string(),
  answer: z.string(),
});

export const definition: MessagingDefinition = {
  prefix: 'shop',
  events: [orderPlaced],
  subscriptions: [packParcel, sendBill],
  requests: [forecast],
  hintTopics: ['prices'],
};
