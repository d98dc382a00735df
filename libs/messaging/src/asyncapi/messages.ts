import type { EventDefinition } from '../contract/define-event.js';
import type { Messaging } from '../contract/messaging.js';
import { CLOUDEVENTS_JSON } from '../contract/event-envelope.js';
import { exampleOf } from '../contract/event-schema.js';

/** What travels: headers and body. */
export interface Message {
  readonly title: string;
  readonly summary: string;
  readonly contentType?: string;
  readonly correlationId?: { readonly location: string };
  readonly headers: { readonly $ref: string };
  readonly payload: object;
  readonly examples: readonly { readonly headers: object; readonly payload: unknown }[];
  readonly bindings?: { readonly amqp: object };
}

export const DEAD_LETTER = 'dead-letter';
export const retryOf = (type: string): string => `${type}.retry`;

const FAILED = {
  'retry-attempt': 1,
  'first-failed-at': '2026-11-23T03:33:25.655Z',
  'last-error': 'the mail server answered 451',
};

/** An event on its way to a handler, and on its way to another attempt. */
export function eventMessages(definition: EventDefinition): [string, Message][] {
  const { type, data } = definition;
  const payload = exampleOf(definition);
  const event = {
    contentType: CLOUDEVENTS_JSON,
    correlationId: { location: '$message.payload#/correlationid' },
    payload: schema(type),
    bindings: { amqp: { messageType: type, bindingVersion: '0.3.0' } },
  };
  return [
    [
      type,
      {
        title: type,
        summary: data.description ?? type,
        headers: schema('delivery-headers'),
        ...event,
        examples: [{ headers: {}, payload }],
      },
    ],
    [
      retryOf(type),
      {
        title: `${type}, once more`,
        summary: 'The event as it came, with what happened to it.',
        headers: schema('retry-headers'),
        ...event,
        examples: [{ headers: FAILED, payload }],
      },
    ],
  ];
}

/** Also what was no event at all lies here, as it came. */
export const deadLetterMessage = ({ names, subscriptions }: Messaging): Message => ({
  title: 'Dead letter',
  summary:
    'What was given up, as it came, with the reason. One that the broker itself gave up has none of these headers.',
  headers: schema('dead-letter-headers'),
  payload: {},
  examples: [
    {
      headers: {
        'dead-letter-id': '01a20677-4c1d-7a3e-8f00-0c6b7e1d2a3b',
        'dead-letter-reason': 'invalid',
        'exception-type': 'InvalidMessageError',
        'exception-message': 'the body is not JSON in UTF-8',
        'exception-stack': '',
        attempts: 0,
        consumer: subscriptions[0]?.consumer,
        'original-exchange': names.events,
        'original-routing-key': subscriptions[0]?.events[0]?.type,
        'first-failed-at': '2026-11-23T03:33:25.655Z',
        'dead-lettered-at': '2026-11-23T03:33:25.655Z',
        host: 'worker-1',
      },
      payload: 'hello',
    },
  ],
});

function schema(name: string) {
  return { $ref: `#/components/schemas/${name}` };
}
