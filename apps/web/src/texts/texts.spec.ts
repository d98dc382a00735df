import { en } from './en.js';
import { zhCN } from './zh-cn.js';

/** Every path to a text, with the text or what a function makes of some arguments. */
function textsOf(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value(2, '某', ''))]];
  return Object.entries(value as object).flatMap(([key, each]) => textsOf(each, `${path}.${key}`));
}

describe('the texts', () => {
  it('are there in both languages, none of them empty', () => {
    const paths = (texts: unknown) => textsOf(texts, '').map(([path]) => path);
    expect(paths(zhCN)).toEqual(paths(en));
    for (const texts of [en, zhCN]) {
      const empty = textsOf(texts, '').filter(([, text]) => text.trim() === '');
      expect(empty.map(([path]) => path)).toEqual(['.space']);
    }
  });

  it('in Chinese are Chinese', () => {
    const foreign = textsOf(zhCN, '').filter(([, text]) => !/\p{Script=Han}/u.test(text));
    expect(foreign.map(([path]) => path)).toEqual(['.space', '.comma', '.ops.consumers']);
  });
});
