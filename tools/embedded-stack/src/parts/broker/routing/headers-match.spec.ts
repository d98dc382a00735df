import { Float, tableOf, type FieldValue } from '../wire/field-table.js';
import { headersMatcher } from './headers-match.js';

const matches = (binding: Record<string, FieldValue>, headers: Record<string, FieldValue>) =>
  headersMatcher(tableOf(binding))(tableOf(headers));

it.each([
  [{ a: 1, b: 2 }, { a: 1, b: 2, c: 3 }, true],
  [{ a: 1, b: 2 }, { a: 1 }, false],
  [{ 'x-match': 'any', a: 1, b: 2 }, { b: 2 }, true],
  [{ 'x-match': 'any', a: 1, b: 2 }, { b: 3 }, false],
  [{ 'x-match': 'any' }, { a: 1 }, false],
  [{}, { a: 1 }, true],
  [{ a: null }, { a: 'whatever' }, true],
  [{ a: null }, {}, false],
  [{ a: 5 }, { a: new Float(5) }, false],
  [{ a: new Float(5) }, { a: new Float(5) }, true],
  [{ a: 1, 'x-b': 2 }, { a: 1 }, true],
  [{ 'x-match': 'all-with-x', a: 1, 'x-b': 2 }, { a: 1 }, false],
  [{ 'x-match': 'any-with-x', 'x-b': 2 }, { 'x-b': 2 }, true],
  [{ 'x-match': 'any', 'x-b': 2 }, { 'x-b': 2 }, false],
])('a binding with %j and the headers %j: %p', (binding, headers, expected) => {
  expect(matches(binding, headers)).toBe(expected);
});

it('refuses an x-match that it does not know', () => {
  expect(() => headersMatcher(tableOf({ 'x-match': 'most' }))).toThrow(
    expect.objectContaining({ code: 406 }),
  );
});
