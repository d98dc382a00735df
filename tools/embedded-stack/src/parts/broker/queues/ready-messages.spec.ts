import { Message } from '../message.js';
import { ReadyMessages, type QueuedMessage } from './ready-messages.js';

const item = (position: number): QueuedMessage => ({
  message: new Message('', 'q', {}, Buffer.alloc(0)),
  position,
  expiresAt: undefined,
  returns: 0,
  failures: 0,
});

function takeAll(ready: ReadyMessages): number[] {
  const positions: number[] = [];
  while (ready.count > 0) positions.push(ready.takeFirst()!.position);
  return positions;
}

it('hands out in the order of arrival', () => {
  const ready = new ReadyMessages();
  for (let position = 0; position < 5_000; position++) ready.add(item(position));
  expect(takeAll(ready)).toEqual(Array.from({ length: 5_000 }, (_, position) => position));
  expect(ready.takeFirst()).toBeUndefined();
});

it('puts what comes back to its old place, in whatever order it comes', () => {
  const ready = new ReadyMessages();
  for (let position = 0; position < 6; position++) ready.add(item(position));
  const [a, b, c, d] = Array.from({ length: 4 }, () => ready.takeFirst()!);
  ready.giveBack([c!, a!]);
  ready.giveBack([b!]);
  expect(ready.first).toBe(a);
  expect(ready.count).toBe(5);
  expect(takeAll(ready)).toEqual([0, 1, 2, 4, 5]);
  ready.giveBack([d!]);
  expect(ready.clear()).toEqual([d]);
  expect(ready.count).toBe(0);
});
