import { IdempotencyKeys } from './idempotency-key.js';

describe('an idempotency key', () => {
  it('is the same for the same body, and another for another', () => {
    const keys = new IdempotencyKeys();
    const first = keys.for({ email: 'a@example.com' });
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(keys.for({ email: 'a@example.com' })).toBe(first);
    expect(keys.for({ email: 'b@example.com' })).not.toBe(first);
  });
});
