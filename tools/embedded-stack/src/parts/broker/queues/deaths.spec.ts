import { Message } from '../message.js';
import { encodeTable, tableOf, type FieldTable } from '../wire/field-table.js';
import { deadLetter, goesRound } from './deaths.js';

const HANDLER = { queue: 'handler', reason: 'rejected' } as const;
const WAIT = { queue: 'wait', reason: 'expired' } as const;
const TO_WAIT = { exchange: '', routingKey: 'wait' };
const TO_HANDLER = { exchange: '', routingKey: 'handler' };

const published = new Message(
  'events',
  'happened',
  { headers: encodeTable(tableOf({ note: 'kept' })), expiration: '50', messageId: 'm' },
  Buffer.from('body'),
);

const dead = (message: Message, failures = 0) => ({ message, failures });

const deathsOf = ({ headers }: Message) => headers.get('x-death') as readonly FieldTable[];

it('a dead letter tells where and why it died, and does not expire again', () => {
  const letter = deadLetter(dead(published), WAIT, TO_HANDLER);
  expect(letter).toMatchObject({ exchange: '', routingKey: 'handler', body: published.body });
  expect(letter.properties).toMatchObject({ messageId: 'm' });
  expect(letter.properties.expiration).toBeUndefined();
  expect(Object.fromEntries(letter.headers)).toMatchObject({
    note: 'kept',
    'x-first-death-reason': 'expired',
    'x-first-death-queue': 'wait',
    'x-first-death-exchange': 'events',
    'x-last-death-queue': 'wait',
  });
  expect(deathsOf(letter).map((death) => Object.fromEntries(death))).toEqual([
    {
      count: 1,
      reason: 'expired',
      queue: 'wait',
      time: expect.any(Date),
      exchange: 'events',
      'routing-keys': ['happened'],
      'original-expiration': '50',
    },
  ]);
});

it('further deaths come first, and the same one again is counted', () => {
  let letter = deadLetter(dead(published), HANDLER, TO_WAIT);
  letter = deadLetter(dead(letter), WAIT, TO_HANDLER);
  letter = deadLetter(dead(letter), HANDLER, TO_WAIT);
  expect(deathsOf(letter).map((death) => [death.get('queue'), death.get('count')])).toEqual([
    ['handler', 2],
    ['wait', 1],
  ]);
  expect(letter.headers.get('x-first-death-queue')).toBe('handler');
  expect(letter.headers.get('x-last-death-queue')).toBe('handler');
});

it('only what goes round without ever being rejected is taken for an endless circle', () => {
  const expired = deadLetter(dead(published), WAIT, TO_HANDLER);
  expect(goesRound(expired, 'handler')).toBe(false);
  expect(goesRound(expired, 'wait')).toBe(true);
  const rejected = deadLetter(dead(expired), HANDLER, TO_WAIT);
  expect(goesRound(rejected, 'wait')).toBe(false);
});

it('a dead letter takes along how often its delivery had failed', () => {
  expect(deadLetter(dead(published, 3), HANDLER, TO_WAIT).failures).toBe(3);
});
