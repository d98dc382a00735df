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
