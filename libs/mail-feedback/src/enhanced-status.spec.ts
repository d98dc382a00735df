import { exactStatus } from './enhanced-status.js';

describe('the most exact status code of a report', () => {
  it.each([
    // What the report states counts, unless it names only a class.
    ['5.1.1', '550 5.7.1 refused', '5.1.1'],
    ['5.1.1 (bad destination mailbox address)', undefined, '5.1.1'],
    ['5.0.0', '550 5.1.1 unknown', '5.1.1'],
    ['5.0.0', '550-5.2.1 closed', '5.2.1'],
    ['5.0.0', '5.1.1 unknown, said by LMTP', '5.1.1'],
    ['5.0.0', '550 unknown', '5.0.0'],
    ['5.0.0', '450 4.2.2 another class', '5.0.0'],
    ['5.0.0', undefined, '5.0.0'],
    ['4.0.0', '450 4.2.2 full', '4.2.2'],
    // Without one: the words of the server, at the least its reply code.
    [undefined, '550 5.1.1 unknown', '5.1.1'],
    [undefined, '550: 5.1.1 unknown', '5.1.1'],
    [undefined, 'unknown. (#5.1.1)', '5.1.1'],
    [undefined, '550 unknown', '5.0.0'],
    [undefined, '450', '4.0.0'],
    [undefined, '203.0.113.5 does not like the recipient', undefined],
    [undefined, '4.4.4.4 is an address', undefined],
    [undefined, 'unknown', undefined],
    [undefined, undefined, undefined],
    ['unknown', '550 5.1.1 unknown', '5.1.1'],
    ['5.1', '550 5.1.1 unknown', '5.1.1'],
    ['5.1.1111', undefined, undefined],
    ['6.1.1', undefined, undefined],
  ])('of %j and %j is %s', (stated, diagnostic, status) => {
    expect(exactStatus(stated, diagnostic)).toBe(status);
  });
});
