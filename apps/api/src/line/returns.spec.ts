import { Returns } from './returns.js';

const NOW = 1_000_000_000;

describe('the tickets that come back', () => {
  let returns: Returns;
  beforeEach(() => void (returns = new Returns(NOW)));

  it('are not due before their turn is over', () => {
    for (let i = 0; i < 10; i++) returns.gave(NOW + 5_000, NOW);

    expect(returns.due(NOW + 5_999)).toBe(0);
    expect(returns.due(NOW + 7_000)).toBe(10);
    expect(returns.gone(NOW + 7_000)).toBe(10);
  });

  it('are gone when they were not seen', () => {
    for (let i = 0; i < 10; i++) returns.gave(NOW + 5_000, NOW);
    for (let i = 0; i < 4; i++) returns.saw(NOW + 5_000, NOW + 2_000);

    expect([returns.due(NOW + 60_000), returns.gone(NOW + 60_000)]).toEqual([10, 6]);
  });

  it('are not gone when they come after all', () => {
    returns.gave(NOW + 5_000, NOW);
    expect(returns.gone(NOW + 60_000)).toBe(1);
    returns.saw(NOW + 5_000, NOW + 60_000);
    expect(returns.gone(NOW + 60_000)).toBe(0);
  });

  it('are right in the sum when another instance sees them', () => {
    const other = new Returns(NOW);
    for (let i = 0; i < 10; i++) returns.gave(NOW + 5_000, NOW);
    for (let i = 0; i < 4; i++) other.saw(NOW + 5_000, NOW + 2_000);

    const later = NOW + 60_000;
    expect(returns.due(later) + other.due(later)).toBe(10);
    expect(returns.gone(later) + other.gone(later)).toBe(6);
  });

  it('are counted by their own second for hours', () => {
    for (let hour = 0; hour < 10; hour++) {
      const now = NOW + hour * 3_600_000;
      returns.gave(now + 900_000, now);
      returns.saw(now + 900_000, now + 400_000);
      returns.gave(now + 900_000, now);
    }
    const end = NOW + 100 * 3_600_000;
    expect([returns.due(end), returns.gone(end)]).toEqual([20, 10]);
  });
});
