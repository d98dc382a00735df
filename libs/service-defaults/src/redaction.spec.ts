import { withoutAddresses } from './redaction.js';

const inJson = (text: string) => JSON.parse(withoutAddresses(JSON.stringify({ text }))).text;

describe('a log line', () => {
  it.each([
    ['550 <mei@example.com> unknown', '550 <[address]> unknown'],
    ['Key (email)=(mei+1@sub.example.com) exists', 'Key (email)=([address]) exists'],
    ['postgres://usher:s3cret@db:5432/usher', 'postgres://usher:[address]:5432/usher'],
    ['李雷@例子.中国 是谁', '[address] 是谁'],
    ['a line\nmei@example.com', 'a line\n[address]'],
    ['a bell\u0007mei@example.com', 'a bell\u0007[address]'],
    ['"mei@example.com"', '"[address]"'],
  ])('tells %j as %j, and stays JSON', (text, expected) => {
    expect(inJson(text)).toBe(expected);
  });

  it.each([
    'at file:///srv/node_modules/@nestjs/core/router.js:12:3',
    'at 12:00 @ home',
    'no address at all',
  ])('leaves %j as it is', (text) => {
    expect(inJson(text)).toBe(text);
  });
});
