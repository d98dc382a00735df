import { canonicalEmail, emailAddress } from './email-address.js';

describe('an e-mail address', () => {
  it.each([
    ['mike@example.com', 'mike@example.com'],
    ['Mike@EXAMPLE.com', 'mike@example.com'],
    ['  mike@example.com\t', 'mike@example.com'],
    ["o'brien+news_1@mail.example.co.uk", "o'brien+news_1@mail.example.co.uk"],
    ['a!#$%&*/=?^`{|}~-b@example.com', 'a!#$%&*/=?^`{|}~-b@example.com'],
    ['a@b.c', 'a@b.c'],
    [`${'x'.repeat(64)}@example.com`, `${'x'.repeat(64)}@example.com`],
  ])('%j is stored as %j', (input, canonical) => {
    expect(canonicalEmail(input)).toBe(canonical);
  });

  it.each([
    ['a fullwidth ＠', 'mike＠example.com', 'mike@example.com'],
    ['fullwidth letters', 'ｍｉｋｅ@ｅｘａｍｐｌｅ.com', 'mike@example.com'],
    ['an ideographic full stop', 'mike@example。com', 'mike@example.com'],
    ['an international domain', 'mike@Bücher.Example', 'mike@xn--bcher-kva.example'],
    ['an international top level', 'mike@пример.рф', 'mike@xn--e1afmkfd.xn--p1ai'],
  ])('with %s has one ASCII form', (_what, input, canonical) => {
    expect(canonicalEmail(input)).toBe(canonical);
  });

  it('is the same composed and decomposed', () => {
    const address = 'mike@münchen.de';

    expect(address.normalize('NFD')).not.toBe(address.normalize('NFC'));
    expect(canonicalEmail(address.normalize('NFD'))).toBe('mike@xn--mnchen-3ya.de');
    expect(canonicalEmail(address.normalize('NFC'))).toBe('mike@xn--mnchen-3ya.de');
  });

  it('stays as it is when it is made canonical again', () => {
    const canonical = canonicalEmail(' Mike@MÜNCHEN.de ')!;

    expect(canonicalEmail(canonical)).toBe(canonical);
  });

  it.each([
    ['nothing', ''],
    ['spaces only', '   '],
    ['no @', 'mike.example.com'],
    ['no local part', '@example.com'],
    ['no domain', 'mike@'],
    ['a domain without a dot', 'a@b'],
    ['two @', 'mike@eve@example.com'],
    ['a dotless ı, which looks like an i', 'mıke@example.com'],
    ['a zero-width joiner in the local part', 'mi\u200dke@example.com'],
    ['a zero-width joiner in the domain', 'mike@exam\u200dple.com'],
    ['an accent in the local part', 'mïke@example.com'],
    ['a quoted local part', '"mike"@example.com'],
    ['a quoted @', '"mike@home"@example.com'],
    ['a comment', 'mike(home)@example.com'],
    ['a display name', 'Mike <mike@example.com>'],
    ['two addresses', 'mike@example.com,eve@example.com'],
    ['an address literal', 'mike@[127.0.0.1]'],
    ['an IPv4 address', 'mike@127.0.0.1'],
    ['a number that is an IPv4 address', 'mike@0x7f.1'],
    ['a line break in the local part', 'mi\r\nke@example.com'],
    ['a line break in the domain', 'mike@exam\r\nple.com'],
    ['a header after the address', 'mike@example.com\r\nBcc: eve@example.com'],
    ['a tab in the domain', 'mike@exam\tple.com'],
    ['NUL in the local part', 'mi\0ke@example.com'],
    ['NUL in the domain', 'mike@exam\0ple.com'],
    ['a space in the domain', 'mike@exam ple.com'],
    ['a path', 'mike@example.com/inbox'],
    ['a fullwidth path', 'mike@example.com／inbox'],
    ['a backslash', 'mike@example.com\\inbox'],
    ['a query', 'mike@example.com?inbox'],
    ['a fragment', 'mike@example.com#inbox'],
    ['a port', 'mike@example.com:25'],
    ['percent encoding', 'mike@exam%70le.com'],
    ['a dot at the beginning', '.mike@example.com'],
    ['a dot at the end of the local part', 'mike.@example.com'],
    ['two dots in a row', 'mi..ke@example.com'],
    ['a dot at the end of the domain', 'mike@example.com.'],
    ['a hyphen at the end of a label', 'mike@example-.com'],
    ['an underscore in the domain', 'mike@ex_ample.com'],
    ['a local part of 65 characters', `${'x'.repeat(65)}@example.com`],
    ['a label of 64 characters', `mike@${'x'.repeat(64)}.com`],
    ['300 characters', `mike@${'x'.repeat(50)}.${'example.'.repeat(30)}com`],
    ['321 characters, spaces included', `mike@example.com${' '.repeat(305)}`],
  ])('with %s is none', (_what, input) => {
    expect(canonicalEmail(input)).toBeUndefined();
  });

  it.each([
    ['nested comments', `${'('.repeat(150)}${')'.repeat(150)}@example.com`],
    ['many dots', `${'a.'.repeat(31)}@${'a.'.repeat(120)}`],
    ['many hyphens', `a@${'a-'.repeat(120)}!.com`],
    ['many @', '@'.repeat(320)],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ])('with %s is refused quickly', (_what, input) => {
    const startedAt = performance.now();

    expect(canonicalEmail(input)).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe('an e-mail address in a request', () => {
  it('is passed on in its canonical form', () => {
    expect(emailAddress.parse(' Mike@EXAMPLE.com ')).toBe('mike@example.com');
  });

  it('is refused with a code and without being repeated', () => {
    const { error } = emailAddress.safeParse('mike at example');

    expect(error?.issues).toEqual([
      expect.objectContaining({
        message: 'is not an e-mail address',
        params: { code: 'invalid_email' },
      }),
    ]);
    expect(JSON.stringify(error?.issues)).not.toContain('mike');
  });
});
