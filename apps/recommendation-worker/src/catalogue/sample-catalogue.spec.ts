import { readSampleCatalogue } from './sample-catalogue.js';

const { interests, items } = await readSampleCatalogue();

const repeated = (values: string[]) => values.filter((value, i) => values.indexOf(value) !== i);

describe('the sample catalogue', () => {
  it('has 300 to 500 items and about 40 interests', () => {
    expect(items.length).toBeGreaterThanOrEqual(300);
    expect(items.length).toBeLessThanOrEqual(500);
    expect(interests.length).toBeGreaterThanOrEqual(35);
    expect(interests.length).toBeLessThanOrEqual(45);
  });

  it('has every item, every address and every interest once', () => {
    expect(repeated(items.map(({ id }) => id))).toEqual([]);
    expect(repeated(items.map(({ url }) => url.replace(/\/$/, '').toLowerCase()))).toEqual([]);
    expect(repeated(interests.map(({ tag }) => tag))).toEqual([]);
  });

  it('has no item with a tag twice, which would count twice', () => {
    expect(items.filter(({ tags }) => repeated(tags).length > 0)).toEqual([]);
  });

  it('has no tag that is not an interest', () => {
    const known = new Set(interests.map(({ tag }) => tag));

    expect(items.flatMap(({ tags }) => tags).filter((tag) => !known.has(tag))).toEqual([]);
  });

  it('has at least 15 items for every interest', () => {
    const counts = interests.map(({ tag }) => ({
      tag,
      count: items.filter(({ tags }) => tags.includes(tag)).length,
    }));

    expect(counts.filter(({ count }) => count < 15)).toEqual([]);
  });

  it('names every interest in English and in Chinese, each differently', () => {
    expect(repeated(interests.map(({ en }) => en))).toEqual([]);
    expect(repeated(interests.map((interest) => interest['zh-CN']))).toEqual([]);
    // A few, as TypeScript, are the same in both.
    const chinese = interests.filter((interest) => /\p{Script=Han}/u.test(interest['zh-CN']));
    expect(chinese.length).toBeGreaterThan(interests.length * 0.9);
    expect(interests.filter(({ en }) => /\p{Script=Han}/u.test(en))).toEqual([]);
  });

  it('has something to offer to speakers of both languages', () => {
    expect(new Set(items.map(({ language }) => language))).toEqual(new Set(['en', 'zh-CN']));
  });
});
