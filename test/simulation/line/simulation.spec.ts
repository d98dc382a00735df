import { scenarios } from './scenarios.js';
import { simulate } from './simulation.js';

const PEOPLE = 6_000;
const of = (name: string) => {
  const scenario = scenarios.find((each) => each.name === name)!;
  return simulate({ ...scenario, people: PEOPLE }, 1);
};

describe('a crowd in the line', () => {
  it.each([
    ['one instance', 1.1],
    ['one, 20 % leave', 1.1],
    ['one, 50 % leave', 1.2],
    ['six, round robin', 1.1],
    ['six, one half as fast', 1.1],
    ['six, one restarts', 1.2],
  ])('(%s) is hashed in hardly more than the time that it takes', (name, most) => {
    const figures = of(name);

    expect(figures.finish).toBe(figures.stay);
    expect(figures.lastToIdeal).toBeLessThanOrEqual(most);
    expect(figures.postsEach).toBeLessThanOrEqual(3.2);
    expect(figures.orderError).toBeLessThanOrEqual(0.05);
  });

  it('learns its turn from the first answer', () => {
    expect(of('one instance').firstTurnError).toBeLessThanOrEqual(0.15);
  });

  it('finishes when some know only Retry-After, and they wait little longer', () => {
    const figures = of('one, 20 % know only Retry-After');
    expect(figures.finish).toBe(figures.stay);
    expect(figures.retryAfterToPage).toBeLessThanOrEqual(3);
  });

  it('gains nothing by hammering', () => {
    expect(of('one, 20 % hammer').hammersToPage).toBeGreaterThanOrEqual(0.9);
  });

  it('is not delayed by a limited network, and all finish', () => {
    const figures = of('one, half of them behind one network that is limited');
    expect(figures.finish).toBe(figures.stay);
    expect(figures.elsewhereToIdeal).toBeLessThanOrEqual(1.2);
  });

  it('is the same for the same seed', () => {
    expect(of('six, 50 % leave')).toEqual(of('six, 50 % leave'));
  });
});
