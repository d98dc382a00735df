import { loadConfig } from './load-config.js';
import { port, secret, ServiceConfig } from './service.config.js';

const DEFAULT = 'a-secret-for-development';

describe('a secret', () => {
  const { NODE_ENV } = process.env;

  afterEach(() => {
    process.env['NODE_ENV'] = NODE_ENV;
  });

  it("has a default on a developer's machine", () => {
    process.env['NODE_ENV'] = 'development';

    expect(secret(DEFAULT).parse(undefined)).toBe(DEFAULT);
  });

  it('has none with NODE_ENV=production', () => {
    process.env['NODE_ENV'] = 'production';

    expect(secret(DEFAULT).safeParse(undefined).success).toBe(false);
  });

  it.each(['development', 'production'])('is taken as given with NODE_ENV=%s', (environment) => {
    process.env['NODE_ENV'] = environment;

    expect(secret(DEFAULT).parse('0123456789abcdef')).toBe('0123456789abcdef');
  });

  it.each(['development', 'production'])(
    'is refused when it is too short, with NODE_ENV=%s',
    (environment) => {
      process.env['NODE_ENV'] = environment;

      expect(secret(DEFAULT).safeParse('0123456789abcde').success).toBe(false);
      expect(secret(DEFAULT, 32).safeParse('0123456789abcdef').success).toBe(false);
    },
  );

  it('is not repeated when it is refused', () => {
    const { error } = secret(DEFAULT).safeParse('hunter2');

    expect(error?.issues[0]?.message).toContain('at least 16 characters');
    expect(JSON.stringify(error?.issues)).not.toContain('hunter2');
  });
});

describe('a port', () => {
  it.each([
    ['0', 0],
    ['3000', 3_000],
    ['65535', 65_535],
  ])('%j is %d', (text, number) => {
    expect(port().parse(text)).toBe(number);
  });

  it.each(['65536', '-1', '80.5', 'http'])('%j is none', (text) => {
    expect(port().safeParse(text).success).toBe(false);
  });
});

describe('what every process is configured with', () => {
  it('has a default for everything: JSON logs, and metrics on any free port of this machine', () => {
    expect(loadConfig([ServiceConfig], {}).get(ServiceConfig)).toEqual({
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: 0,
      SHUTDOWN_TIMEOUT: 30_000,
    });
  });
});
