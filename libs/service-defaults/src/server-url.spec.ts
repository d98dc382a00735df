import { defineConfig, loadConfig } from './load-config.js';
import { serverUrl, serverUrls } from './server-url.js';

class Servers extends defineConfig({
  ONE: serverUrl({ protocol: /^amqp:$/, example: 'amqp://user:password@host:port' }).optional(),
  MANY: serverUrls({ protocol: /^amqp:$/, example: 'amqp://user:password@host:port' }).optional(),
}) {}

const load = (env: Record<string, string>) => loadConfig([Servers], env).get(Servers);

describe('the address of a server', () => {
  it.each([
    'amqp://host',
    'amqp://host:5672/vhost',
    'amqp://user@host',
    'amqp://user:p%25%2F%23%3F%2C%40ss@host/%2Fvhost?heartbeat=5',
    'amqp://user:p:a!$&()*+;=~@[::1]:5672',
  ])('may be %s', (ONE) => {
    expect(load({ ONE })).toEqual({ ONE });
  });

  it.each(['100%sure', '100%', 'a/b', 'a#b', 'a?b', '12/3', '12#3', '12?3', '%ff', 'a b'])(
    'with the password %j is refused with the way out, and without the password',
    (password) => {
      for (const name of ['ONE', 'MANY']) {
        const refused = () => load({ [name]: `amqp://user:${password}@host:5672/vhost` });
        expect(refused).toThrow(`${name}: expected amqp://user:password@host:port; percent-encode`);
        expect(refused).toThrow('%25 for %, %2F for /, %23 for #, %3F for ? and %2C for a comma');
        expect(refused).not.toThrow(password);
      }
    },
  );

  it.each([
    'amqp://',
    'amqp:///vhost',
    'http://host',
    'host:5672',
    'amqp://one,two',
    'amqp://a:b',
    'amqp://host?a=%',
  ])('%s is refused', (ONE) => {
    expect(() => load({ ONE })).toThrow('ONE: expected amqp://');
  });
});

describe('the addresses of several servers', () => {
  it('are separated by commas', () => {
    expect(load({ MANY: 'amqp://u:p%2Cw@one, amqp://two' })).toEqual({
      MANY: ['amqp://u:p%2Cw@one', 'amqp://two'],
    });
  });

  it.each(['a,b', '12,3', ',', 'a,amqp://b'])('with the password %j are refused', (password) => {
    expect(() => load({ MANY: `amqp://user:${password}@host` })).toThrow('%2C for a comma');
  });
});
