import { TestClock } from './clock.fixture.js';
import { GivenTickets } from './given-tickets.js';
import { Seen } from './seen.js';
import { Tickets, type Ticket } from './tickets.js';

describe('the tickets that networks got', () => {
  const tickets = new Tickets(Buffer.alloc(32), new TestClock(), Math.random);
  const ticketOf = (number: number) => tickets.create(number, number, number);
  let seen: Seen;
  let given: GivenTickets;

  beforeEach(() => {
    seen = new Seen();
    given = new GivenTickets(3, seen, 6);
  });

  const show = ({ id }: Ticket) => seen.add(seen.markOf(id));
  const firstOf = (slot: number) => given.find(slot, () => true);
  const takeAll = (slot: number) => {
    const numbers: number[] = [];
    for (let first = firstOf(slot); first; first = firstOf(slot)) {
      numbers.push(first.number);
      given.remove(slot, first);
    }
    return numbers;
  };

  it('come in the order in which they were given, each network’s by itself', () => {
    for (const number of [1, 2, 3, 4, 5, 6]) given.add(number % 2, ticketOf(number));
    expect([takeAll(0), takeAll(1), takeAll(2)]).toEqual([[2, 4, 6], [1, 3, 5], []]);
  });

  it('are passed over once they were shown', () => {
    const all = [1, 2, 3, 4].map(ticketOf);
    for (const ticket of all) given.add(0, ticket);
    show(all[0]!);
    show(all[2]!);
    expect(takeAll(0)).toEqual([2, 4]);
    expect(given.count(0)).toBe(0);
  });

  it('lose the oldest of all when there are too many', () => {
    for (let number = 1; number <= 8; number++) given.add(number % 2, ticketOf(number));
    expect([takeAll(0), takeAll(1)]).toEqual([
      [4, 6, 8],
      [3, 5, 7],
    ]);
  });

  it('stay whole when some were taken and others written over', () => {
    const kept: number[] = [];
    for (let number = 1; number <= 200; number++) {
      given.add(number % 3, ticketOf(number));
      const first = firstOf(0);
      if (number % 5 === 0 && first) given.remove(0, first);
      if (number % 7 === 0) given.clear(1);
    }
    for (const slot of [0, 1, 2]) kept.push(...takeAll(slot));
    expect(kept.every((number) => number > 194)).toBe(true);
    expect(new Set(kept).size).toBe(kept.length);
    expect([0, 1, 2].map((slot) => given.count(slot))).toEqual([0, 0, 0]);
  });

  it('keep their place when they get another turn', () => {
    for (const number of [1, 2]) given.add(0, ticketOf(number));
    given.postpone(firstOf(0)!, 99);
    expect(firstOf(0)).toMatchObject({ number: 1, arrival: 1, turn: 99 });
  });

  it('are found by what they are, and can be taken from between the others', () => {
    for (const number of [1, 2, 3, 4]) given.add(0, ticketOf(number));
    const numberIs = (wanted: number) => given.find(0, ({ number }) => number === wanted);
    given.remove(0, numberIs(2)!);
    given.remove(0, numberIs(4)!);
    given.add(0, ticketOf(5));

    expect(numberIs(2)).toBeUndefined();
    expect(given.count(0)).toBe(3);
    expect(takeAll(0)).toEqual([1, 3, 5]);
  });

  it('are looked for among the first few only', () => {
    given = new GivenTickets(1, seen, 20);
    for (let number = 1; number <= 20; number++) given.add(0, ticketOf(number));

    expect(given.find(0, ({ number }) => number === 8)?.number).toBe(8);
    expect(given.find(0, ({ number }) => number === 9)).toBeUndefined();
  });
});
