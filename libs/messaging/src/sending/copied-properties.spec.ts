import type { MessageProperties } from 'amqplib';
import { copiedProperties, copiedTraceparent } from './copied-properties.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const propertiesOf = (given: object) => ({ headers: {}, ...given }) as unknown as MessageProperties;

describe('the properties that a republished message keeps', () => {
  it('are those of an event as it was published', () => {
    const event = {
      messageId: '01890a5d-ac96-774b-bcce-b302099a8058',
      type: 'user.registered.v1',
      appId: 'api',
      timestamp: 1_700_000_000,
      contentType: 'application/cloudevents+json',
    };
    expect(copiedProperties(propertiesOf({ ...event, replyTo: 'me', priority: 3 }))).toEqual(event);
  });

  const TEXTS = ['messageId', 'type', 'appId', 'contentType'];
  const allTexts = (value: unknown) => Object.fromEntries(TEXTS.map((name) => [name, value]));

  it('may be as long, and as late, as a property can be', () => {
    const longest = { ...allTexts(`ä${'a'.repeat(253)}`), timestamp: 8_640_000_000_000 };
    expect(copiedProperties(propertiesOf(longest))).toEqual(longest);
  });

  it.each<[string, object]>([
    ['a timestamp of 2^64 - 1', { timestamp: 2 ** 64 - 1 }],
    ['a timestamp that is no date', { timestamp: 8_640_000_000_001 }],
    ['a timestamp before 1970', { timestamp: -1 }],
    ['texts of bytes that are no UTF-8', allTexts('a\uFFFD')],
    ['texts of more than 255 bytes', allTexts('ä'.repeat(128))],
    ['texts that are numbers', allTexts(7)],
  ])('are without %s', (_, given) => {
    expect(Object.values(copiedProperties(propertiesOf(given)))).toEqual(Array(5).fill(undefined));
  });
});

describe('the trace that a republished message goes on with', () => {
  it('is the one of its header', () => {
    expect(copiedTraceparent(propertiesOf({ headers: { traceparent: TRACEPARENT } }))).toBe(
      TRACEPARENT,
    );
  });

  it.each<[string, unknown]>([
    ['66,000 characters', 'a'.repeat(66_000)],
    ['no text', 7],
    ['a list of them', [TRACEPARENT]],
    ['a trace of zeros', TRACEPARENT.replace(/-[0-9a-f]{32}-/, `-${'0'.repeat(32)}-`)],
    ['a span of zeros', TRACEPARENT.replace(/-[0-9a-f]{16}-/, `-${'0'.repeat(16)}-`)],
    ['capitals', TRACEPARENT.toUpperCase()],
    ['more than the standard says', `${TRACEPARENT}-extra`],
  ])('is none when the header has %s', (_, traceparent) => {
    expect(copiedTraceparent(propertiesOf({ headers: { traceparent } }))).toBeUndefined();
  });
});
