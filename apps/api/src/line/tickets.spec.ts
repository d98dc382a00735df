import { TestClock } from './clock.fixture.js';
import { Tickets } from './tickets.js';

const MINUTE = 60_000;

describe('a ticket', () => {
  const clock = new TestClock();
  const tickets = new Tickets(Buffer.alloc(32, 'a'), clock, Math.random);
  const now = clock.now();
  const ticket = tickets.create(4_711, now - 1_000, now + 90_000);
  const text = tickets.write(ticket);

  it('is text that a header can carry', () => {
    expect(text).toMatch(/^[A-Za-z0-9._-]{1,256}$/);
  });

  it('holds its number, arrival, turn and expiry', () => {
    expect(tickets.read(text)).toEqual(ticket);
  });

  it('tells whether it was seen again', () => {
    const seen = { ...ticket, isSeen: true };
    expect(ticket.isSeen).toBe(false);
    expect(tickets.read(tickets.write(seen))).toEqual(seen);
  });

  it('has an id of its own', () => {
    expect(tickets.create(1, now, now).id).not.toBe(tickets.create(1, now, now).id);
  });

  it.each([
    [0, 10 * MINUTE],
    [9 * MINUTE, 10 * MINUTE],
    [14 * MINUTE, 14 * MINUTE],
  ])('of a wait of %d ms expires %d ms after its turn', (wait, kept) => {
    const { turn, expiry } = tickets.create(1, now, now + wait);
    expect(expiry - turn).toBe(kept);
  });

  it('keeps its id, number and arrival when it gets another turn', () => {
    const later = tickets.withTurn(ticket, now + 20 * MINUTE);
    expect(later).toMatchObject({ id: ticket.id, number: 4_711, arrival: ticket.arrival });
    expect(later.expiry - later.turn).toBe(20 * MINUTE + 1_000);
  });

  it('is good until it expires', () => {
    const later = new TestClock();
    const reader = new Tickets(Buffer.alloc(32, 'a'), later, Math.random);
    later.pass(ticket.expiry - now - 1);
    expect(reader.read(text)).toEqual(ticket);
    later.pass(1);
    expect(reader.read(text)).toBeUndefined();
  });

  it('from more than five seconds in the future is invalid', () => {
    const reads = (ahead: number) =>
      tickets.read(tickets.write(tickets.create(1, now + ahead, now)));
    expect(reads(5_000)).toBeDefined();
    expect(reads(5_001)).toBeUndefined();
  });

  it('of another key is worth nothing', () => {
    expect(new Tickets(Buffer.alloc(32, 'b'), clock, Math.random).read(text)).toBeUndefined();
  });

  it('is worth nothing when any of its characters is another', () => {
    for (let index = 0; index < text.length; index++) {
      for (const other of ['A', 'B', '_', '.']) {
        if (text[index] === other) continue;
        const altered = text.slice(0, index) + other + text.slice(index + 1);
        expect(tickets.read(altered)).toBeUndefined();
      }
    }
  });

  it.each([
    undefined,
    '',
    '.',
    'x'.repeat(256),
    'x'.repeat(100_000),
    '票.票',
    `${'A'.repeat(44)}.`,
  ])('is not %j', (other) => {
    expect(tickets.read(other)).toBeUndefined();
  });

  it.each([
    ['a further character', (good: string) => `${good}A`],
    ['a blank', (good: string) => ` ${good}`],
    ['one character less', (good: string) => good.slice(0, -1)],
    ['a line break', (good: string) => `${good}\n`],
  ])('with %s is worth nothing', (_what, alter) => {
    expect(tickets.read(alter(text))).toBeUndefined();
  });
});
