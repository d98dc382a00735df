import { addressIn, isSameAddress } from './addresses.js';

describe('the address in a text', () => {
  it.each([
    ['mike@example.com', 'mike@example.com'],
    [' Mike@Example.COM ', 'mike@example.com'],
    ['<mike@example.com>', 'mike@example.com'],
    ['Mike <mike@example.com>', 'mike@example.com'],
    ['"a@b" <mike@example.com>', 'mike@example.com'],
    ["o'hara+tag@example.com", "o'hara+tag@example.com"],
  ])('%j is %s', (text, address) => {
    expect(addressIn(text)).toBe(address);
  });

  it.each([
    '',
    'mike',
    '@example.com',
    'mike@',
    'mike@@example.com',
    'a@example.com, b@example.com',
    '<a@example.com> <b@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(300)}`,
    '<'.repeat(1_000_000),
  ])('%j has none', (text) => {
    expect(addressIn(text)).toBeUndefined();
  });
});

it('the case of an address does not count', () => {
  expect(isSameAddress('Mike@Example.com', 'mike@example.com')).toBe(true);
  expect(isSameAddress('mike@example.com', 'mike@example.com.')).toBe(false);
});
