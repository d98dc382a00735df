import { features } from './features.js';

describe('the features of an installation', () => {
  it('are none unless some are given', () => {
    expect(features.parse(undefined)).toEqual([]);
    expect(features.parse('')).toEqual([]);
    expect(features.parse(' points, campaigns ')).toEqual(['campaigns', 'points']);
  });

  it.each(['campaign', 'points;campaigns', 'all'])('are not %j', (text) => {
    const { error } = features.safeParse(text);

    expect(error?.issues[0]!.message).toBe(
      'expected some of campaigns, points, separated by commas',
    );
  });
});
