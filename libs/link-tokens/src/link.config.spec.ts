import { loadConfig } from '#libs/service-defaults';
import { LinkConfig } from './link.config.js';

const publicUrl = (PUBLIC_URL: string) =>
  (loadConfig([LinkConfig], { PUBLIC_URL }).get(LinkConfig) as LinkConfig).PUBLIC_URL;

describe('the address that every link begins with', () => {
  it.each(['https://usher.example', 'https://usher.example/', 'https://usher.example//'])(
    'is without a slash at the end when it is given as %s',
    (url) => {
      expect(publicUrl(url)).toBe('https://usher.example');
    },
  );

  it('may have a port and a path', () => {
    expect(publicUrl('http://127.0.0.1:3000/usher/')).toBe('http://127.0.0.1:3000/usher');
  });

  it.each([
    ['https://usher.example/usher/', '/usher'],
    ['https://usher.example/teams/one', '/teams/one'],
    ['https://usher.example', ''],
  ])('of %s has the path %j', (url, path) => {
    const config = loadConfig([LinkConfig], { PUBLIC_URL: url }).get(LinkConfig) as LinkConfig;
    expect(config.basePath).toBe(path);
  });

  it.each([
    ['https://usher.example/?a=b', 'expected neither a query, a fragment nor a user name'],
    ['https://usher.example/?', 'expected neither a query, a fragment nor a user name'],
    ['https://usher.example/usher#top', 'expected neither a query, a fragment nor a user name'],
    ['https://ada:secret@usher.example/', 'expected neither a query, a fragment nor a user name'],
    ['https://usher.example/a//b', 'expected a path of letters, digits and . _ ~ -'],
    ['https://usher.example/;a=b', 'expected a path of letters, digits and . _ ~ -'],
    ['https://usher.example/v1', "does not begin with one of the API's own: v1, assets, docs"],
    ['https://usher.example/docs/usher', "does not begin with one of the API's own"],
  ])('may not be %s', (url, sentence) => {
    expect(() => publicUrl(url)).toThrow(sentence);
    expect(() => publicUrl(url)).toThrow('The configuration has 1 problem(s)');
  });

  it('has scheme and host in lower case, by which the API knows HTTPS', () => {
    expect(publicUrl('HTTPS://Usher.Example')).toBe('https://usher.example');
  });

  it.each(['usher.example', 'ftp://usher.example', 'javascript:alert(1)', 'https://'])(
    'may not be %j',
    (url) => {
      expect(() => publicUrl(url)).toThrow('PUBLIC_URL: expected http:// or https:// and a host');
    },
  );
});

describe('the key that links are signed with', () => {
  it('has at least 32 characters', () => {
    expect(() => loadConfig([LinkConfig], { LINK_SIGNING_KEY: 'x'.repeat(31) })).toThrow(
      'LINK_SIGNING_KEY: ',
    );
    expect(
      loadConfig([LinkConfig], { LINK_SIGNING_KEY: 'x'.repeat(32) }).get(LinkConfig),
    ).toMatchObject({ LINK_SIGNING_KEY: 'x'.repeat(32) });
  });
});
