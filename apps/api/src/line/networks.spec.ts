import { TestClock } from './clock.fixture.js';
import { Networks } from './networks.js';
import { Seen } from './seen.js';
import { Tickets, type Ticket } from './tickets.js';

const NOW = 1_000_000;
const tickets = new Tickets(Buffer.alloc(32), new TestClock(), Math.random);
const ticketOf = (number: number) => tickets.create(number, NOW + number, NOW + number * 1_000);

describe('the sign-ups of a network', () => {
  const takeTurns = (networks: Networks, network: string, count: number) =>
    Array.from({ length: count }, () => {
      const turn = networks.earliest(network, NOW);
      networks.count(network, turn);
      return turn - NOW;
    });

  it('may come at once as often as the rate allows, then one by one', () => {
    const networks = new Networks({ count: 3, perMs: 60_000 }, new Seen());
    expect(takeTurns(networks, 'a', 6)).toEqual([0, 0, 0, 20_000, 40_000, 60_000]);
  });

  it('do not delay those of another', () => {
    const networks = new Networks({ count: 1, perMs: 60_000 }, new Seen());
    takeTurns(networks, 'a', 10);
    expect(networks.earliest('b', NOW)).toBe(NOW);
  });

  it('are not delayed when they are apart', () => {
    const networks = new Networks({ count: 3, perMs: 60_000 }, new Seen());
    takeTurns(networks, 'a', 6);
    expect(networks.earliest('a', NOW + 200_000)).toBe(NOW + 200_000);
  });

  it('are not delayed where there is no limit', () => {
    expect(takeTurns(new Networks('off', new Seen()), 'a', 3)).toEqual([0, 0, 0]);
  });

  it('are forgotten for the network not heard of for longest', () => {
    const networks = new Networks({ count: 1, perMs: 60_000 }, new Seen(), 2);
    for (const network of ['a', 'b', 'c']) networks.count(network, NOW);

    expect(networks.earliest('a', NOW)).toBe(NOW);
    expect(networks.earliest('c', NOW)).toBe(NOW + 60_000);
  });
});

describe('a return without a ticket', () => {
  let seen: Seen;
  let networks: Networks;

  beforeEach(() => {
    seen = new Seen();
    networks = new Networks('off', seen, 10);
  });

  const show = ({ id }: Ticket) => seen.add(seen.markOf(id));
  const takeDue = (network: string, now: number) => {
    const due = networks.due(network, now);
    if (due) networks.tookDue(network, due);
    return due?.number;
  };

  it('is that of the ticket of its network, from the turn on', () => {
    networks.gave('a', ticketOf(7));

    expect(networks.due('a', NOW + 6_999)).toBeUndefined();
    expect(networks.due('b', NOW + 7_000)).toBeUndefined();
    expect(networks.due('a', NOW + 7_000)).toMatchObject({
      number: 7,
      arrival: NOW + 7,
      turn: NOW + 7_000,
    });
  });

  it('can be made once', () => {
    networks.gave('a', ticketOf(7));
    expect(takeDue('a', NOW + 7_000)).toBe(7);
    expect(takeDue('a', NOW + 7_000)).toBeUndefined();
  });

  it('cannot be made of a ticket that was shown', () => {
    const ticket = ticketOf(7);
    networks.gave('a', ticket);
    show(ticket);
    expect(networks.due('a', NOW + 7_000)).toBeUndefined();
  });

  it('is that of the first of several', () => {
    for (const number of [1, 2, 3]) networks.gave('a', ticketOf(number));
    const taken = [1, 2, 3, 4].map(() => takeDue('a', NOW + 60_000));
    expect(taken).toEqual([1, 2, 3, undefined]);
  });

  it('may be given another turn', () => {
    networks.gave('a', ticketOf(5));
    networks.postponeDue(networks.due('a', NOW + 5_000)!, NOW + 5_500);

    expect(networks.due('a', NOW + 5_400)).toBeUndefined();
    expect(networks.due('a', NOW + 5_500)?.number).toBe(5);
  });

  it('is that of another one whose turn has come, when the first has another turn', () => {
    for (const number of [5, 6]) networks.gave('a', ticketOf(number));
    networks.postponeDue(networks.due('a', NOW + 5_000)!, NOW + 9_000);

    expect(takeDue('a', NOW + 6_000)).toBe(6);
    expect(takeDue('a', NOW + 8_999)).toBeUndefined();
    expect(takeDue('a', NOW + 9_000)).toBe(5);
  });

  it('cannot be made of a ticket that has expired', () => {
    for (const number of [1, 2]) networks.gave('a', ticketOf(number));
    networks.gave('a', ticketOf(900));

    expect(networks.due('a', NOW + 601_999)?.number).toBe(2);
    expect(takeDue('a', NOW + 602_000)).toBeUndefined();
    expect(takeDue('a', NOW + 900_000)).toBe(900);
  });

  it('counts in a crowd behind one address only when the ticket is late', () => {
    for (let number = 1; number <= 20; number++) networks.gave('a', ticketOf(number));

    expect(takeDue('a', NOW + 2_400)).toBeUndefined();
    expect(takeDue('a', NOW + 2_500)).toBe(1);
    expect(takeDue('a', NOW + 2_500)).toBeUndefined();
  });

  it('does not work for a network that took over the slot of another', () => {
    networks = new Networks('off', seen, 1);
    networks.gave('a', ticketOf(1));
    networks.gave('b', ticketOf(2));
    expect(networks.due('a', NOW + 60_000)).toBeUndefined();
    expect(takeDue('b', NOW + 60_000)).toBe(2);
    expect(takeDue('b', NOW + 60_000)).toBeUndefined();
  });
});
