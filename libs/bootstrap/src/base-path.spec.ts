import { stripBasePath } from './base-path.js';

function urlOf(url: string, basePath = '/usher'): string {
  const request = { url };
  stripBasePath(basePath, request);
  return request.url;
}

describe('a request below the path of PUBLIC_URL', () => {
  it.each([
    ['/usher/v1/me?x=1', '/v1/me?x=1'],
    ['/usher/', '/'],
    ['/usher', '/'],
    ['/usher?x=1', '/?x=1'],
  ])('of %s is one of %s', (url, expected) => {
    expect(urlOf(url)).toBe(expected);
  });

  it.each(['/v1/me', '/', '/ushers/v1/me', '/other/usher/v1/me', '*'])(
    'is not that of %s, which a proxy has stripped, or which is somewhere else',
    (url) => {
      expect(urlOf(url)).toBe(url);
    },
  );

  it('loses the path once', () => {
    expect(urlOf('/usher/usher/v1/me')).toBe('/usher/v1/me');
  });

  it('is each request where there is no path', () => {
    expect(['/', '/v1/me', '*'].map((url) => urlOf(url, ''))).toEqual(['/', '/v1/me', '*']);
  });
});
