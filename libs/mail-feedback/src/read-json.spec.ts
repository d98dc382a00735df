import { readJson } from './read-json.js';

it('JSON is read up to 1 MiB, and what is none is undefined', () => {
  expect(readJson('{"a":[1,null]}')).toEqual({ a: [1, null] });
  expect(readJson(Buffer.from('null'))).toBeNull();
  expect(readJson('')).toBeUndefined();
  expect(readJson(Buffer.from([0x22, 0xff]))).toBeUndefined();
  expect(readJson(`"${'a'.repeat(1_048_574)}"`)).toHaveLength(1_048_574);
  expect(readJson(`"${'a'.repeat(1_048_575)}"`)).toBeUndefined();
});
