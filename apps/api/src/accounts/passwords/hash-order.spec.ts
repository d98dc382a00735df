import { HashOrder } from './hash-order.js';

const PLACES = 100;

describe('the order of hashes', () => {
  let order: HashOrder<string>;
  beforeEach(() => void (order = new HashOrder(0.25)));

  const takeAll = () => {
    const taken: string[] = [];
    for (let next = order.next(); next !== undefined; next = order.next()) taken.push(next);
    return taken;
  };

  it('follows the arrival of sign-ups, not their return', () => {
    for (const arrival of [30, 10, 20]) order.addSignUp(`${arrival}`, arrival, PLACES);
    expect(takeAll()).toEqual(['10', '20', '30']);
  });

  it('follows the return of sign-ups with the same arrival', () => {
    for (const name of ['a', 'b', 'c']) order.addSignUp(name, 1, PLACES);
    expect(takeAll()).toEqual(['a', 'b', 'c']);
  });

  it('has a place for an older one, at the cost of the one who arrived last', () => {
    for (const arrival of [10, 30]) order.addSignUp(`${arrival}`, arrival, 2);

    expect(order.admits(20, 2, 2)).toBe(true);
    expect(order.addSignUp('20', 20, 2)).toBe('30');
    expect(order.admits(40, 2, 2)).toBe(false);
    expect(order.addSignUp('40', 40, 2)).toBe('40');
    expect(takeAll()).toEqual(['10', '20']);
  });

  it('has places for as many as there are, those on their way included', () => {
    expect(order.admits(1, 1, 2)).toBe(true);
    expect(order.admits(1, 2, 2)).toBe(false);
  });

  it('gives everything else its share while both wait', () => {
    for (let i = 0; i < 40; i++) {
      order.addSignUp('sign-up', i, PLACES);
      order.add('log-in');
    }
    const taken = Array.from({ length: 40 }, () => order.next());
    expect(taken.filter((job) => job === 'log-in')).toHaveLength(10);
  });

  it('lets a single log-in be the next', () => {
    for (let i = 0; i < 40; i++) order.addSignUp('sign-up', i, PLACES);
    for (let i = 0; i < 10; i++) order.next();
    order.add('log-in');
    expect(order.next()).toBe('log-in');
  });

  it('gives no more than the share to a client that comes again at once', () => {
    for (let i = 0; i < 40; i++) order.addSignUp('sign-up', i, PLACES);
    const taken: (string | undefined)[] = [];
    for (let i = 0; i < 40; i++) {
      if (order.rest === 0) order.add('log-in');
      taken.push(order.next());
    }
    expect(taken.filter((job) => job === 'log-in')).toHaveLength(10);
  });

  it('leaves to the line what everything else does not use, and the other way round', () => {
    for (let i = 0; i < 5; i++) order.addSignUp('sign-up', i, PLACES);
    expect(takeAll()).toHaveLength(5);
    for (let i = 0; i < 5; i++) order.add('log-in');
    expect(takeAll()).toHaveLength(5);
  });
});
