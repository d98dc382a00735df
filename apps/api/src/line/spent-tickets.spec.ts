import { TestClock } from './clock.fixture.js';
import { SpentTickets } from './spent-tickets.js';

describe('spent tickets', () => {
  let clock: TestClock;
  let spent: SpentTickets;
  let ticket: ReturnType<typeof ticketOf>;

  const ticketOf = (id: string) => {
    const now = clock.now();
    return { id, number: 1, arrival: now, turn: now, expiry: now + 600_000, isSeen: false };
  };

  beforeEach(() => {
    clock = new TestClock();
    spent = new SpentTickets(clock);
    ticket = ticketOf('a');
  });

  const spend = (key?: string) => {
    spent.take(ticket);
    spent.spend(ticket, key);
  };

  it('remembers nothing of a ticket that waits', () => {
    expect(spent.use(ticket, undefined)).toBe('good');
    expect(spent.size).toBe(0);
  });

  it('lets the first of two parallel requests have a ticket', () => {
    spent.take(ticket);
    expect(spent.use(ticket, 'key')).toBe('taken');
    expect(spent.isGood(ticket)).toBe(true);
  });

  it('leaves a ticket good for five answers before its hash', () => {
    for (let answer = 1; answer <= 5; answer++) {
      expect(spent.use(ticket, undefined)).toBe('good');
      spent.take(ticket);
      spent.giveBack(ticket, true);
    }
    expect(spent.use(ticket, undefined)).toBe('spent');
    expect(spent.isGood(ticket)).toBe(false);
  });

  it('does not count a new turn as an answer, nor remember it', () => {
    for (let turn = 1; turn <= 20; turn++) {
      spent.take(ticket);
      spent.giveBack(ticket, false);
    }
    expect(spent.use(ticket, undefined)).toBe('good');
    expect(spent.size).toBe(0);
  });

  it('is spent once its hash has begun, whatever comes after', () => {
    spend();
    spent.giveBack(ticket, true);
    expect(spent.use(ticket, undefined)).toBe('spent');
    expect(spent.isGood(ticket)).toBe(false);
  });

  it('lets the same request through three times more', () => {
    spend('key');
    const uses = Array.from({ length: 4 }, () => spent.use(ticket, 'key'));
    expect(uses).toEqual(['replay', 'replay', 'replay', 'spent']);
  });

  it('lets no other request through', () => {
    spend('key');
    expect(spent.use(ticket, 'another key')).toBe('spent');
    expect(spent.use(ticket, undefined)).toBe('spent');
  });

  it('without a key lets nothing through', () => {
    spend();
    expect(spent.use(ticket, undefined)).toBe('spent');
    expect(spent.use(ticket, 'key')).toBe('spent');
  });

  it('remembers as many as it may, and those that came last', () => {
    spent = new SpentTickets(clock, 10);
    const tickets = Array.from({ length: 100 }, (_, index) => ticketOf(`${index}`));
    for (const each of tickets) {
      spent.take(each);
      spent.spend(each, undefined);
      expect(spent.size).toBeLessThanOrEqual(10);
    }
    for (const each of tickets.slice(-5)) expect(spent.use(each, undefined)).toBe('spent');
  });
});
