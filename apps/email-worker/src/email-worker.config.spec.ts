import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { loadConfig } from '#libs/service-defaults';
import { EmailWorkerConfig } from './email-worker.config.js';

const sender = (MAIL_FROM?: string) => {
  const env = { SMTP_URL: 'smtp://localhost', ...(MAIL_FROM !== undefined && { MAIL_FROM }) };
  return (loadConfig([EmailWorkerConfig], env).get(EmailWorkerConfig) as EmailWorkerConfig)
    .MAIL_FROM;
};

describe('the sender of mails', () => {
  it.each([
    [undefined, 'Usher', 'hello@usher.example'],
    ['hello@x.example', '', 'hello@x.example'],
    ['Acme, Inc. <a@x.example>', 'Acme, Inc.', 'a@x.example'],
    ['"Acme, Inc." <a@x.example>', 'Acme, Inc.', 'a@x.example'],
    ['Käse & Co <a@x.example>', 'Käse & Co', 'a@x.example'],
    ['欢迎 <a@x.example>', '欢迎', 'a@x.example'],
  ])('%j is %j at %j', (text, name, address) => {
    expect(sender(text)).toEqual({ name, address });
  });

  it.each([
    'Usher',
    'a@x.example>',
    'Usher <a@x.example',
    'Usher <a@x.example> <b@x.example>',
    'Usher\r\nBcc: b@x.example <a@x.example>',
    '<a@x.example>, b@x.example',
    'a@b@x.example',
  ])('cannot be %j', (text) => {
    expect(() => sender(text)).toThrow('MAIL_FROM: expected Name <address>');
  });
});

describe('the signature of mails', () => {
  const rsa = (modulusLength: number) =>
    pem(generateKeyPairSync('rsa', { modulusLength }).privateKey);
  const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const all = {
    DKIM_DOMAIN: 'x.example',
    DKIM_SELECTOR: 'mail2026',
    DKIM_PRIVATE_KEY: rsa(1_024),
    MAIL_FROM: 'hello@news.x.example',
  };
  const problemsOf = (env: Partial<typeof all>) => {
    try {
      loadConfig([EmailWorkerConfig], { SMTP_URL: 'smtp://localhost', ...env });
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('is of the domain of the sender, or of one that it lies below', () => {
    expect(problemsOf(all)).toBe('none');
    expect(problemsOf({ ...all, MAIL_FROM: 'hello@X.example' })).toBe('none');
    for (const address of ['hello@notx.example', 'hello@example', 'hello@x.example.com'])
      expect(problemsOf({ ...all, MAIL_FROM: address })).toContain(
        'DKIM_DOMAIN: is not the domain of MAIL_FROM',
      );
  });

  it('takes all three values, or none', () => {
    const { DKIM_DOMAIN, ...rest } = all;
    expect(problemsOf(rest)).toContain(
      'DKIM_DOMAIN: is required with DKIM_SELECTOR, DKIM_PRIVATE_KEY',
    );
    expect(problemsOf({ DKIM_DOMAIN })).toMatch(
      /DKIM_SELECTOR: is required[^]*DKIM_PRIVATE_KEY: is/,
    );
  });

  it('takes an RSA key that verifiers accept', () => {
    const ed25519 = pem(generateKeyPairSync('ed25519').privateKey);
    for (const DKIM_PRIVATE_KEY of [rsa(512), ed25519, 'no key'])
      expect(problemsOf({ ...all, DKIM_PRIVATE_KEY })).toContain(
        'DKIM_PRIVATE_KEY: expected an RSA key of at least 1024 bits in PEM',
      );
  });

  it('names each value that is wrong', () => {
    const problems = problemsOf({ ...all, DKIM_DOMAIN: 'no domain', DKIM_SELECTOR: 'no selector' });
    expect(problems).toContain('DKIM_DOMAIN: expected a domain');
    expect(problems).toContain('DKIM_SELECTOR: expected a name');
    const others = problemsOf({
      ...all,
      DKIM_DOMAIN: 'evil.example',
      DKIM_SELECTOR: 'no selector',
    });
    expect(others).toContain('DKIM_DOMAIN: is not the domain of MAIL_FROM');
    expect(others).toContain('DKIM_SELECTOR: expected a name');
    expect(others).not.toContain('is required');
  });
});

describe('the feedback on mails', () => {
  const feedback = (env: Record<string, string>) => {
    try {
      const all = { SMTP_URL: 'smtp://localhost', ...env };
      const { BOUNCE_LISTEN, BOUNCE_DOMAIN } = loadConfig([EmailWorkerConfig], all).get(
        EmailWorkerConfig,
      ) as EmailWorkerConfig;
      return { BOUNCE_LISTEN, BOUNCE_DOMAIN };
    } catch (error) {
      return (error as Error).message;
    }
  };
  const BOUNCE_DOMAIN = 'Bounces.x.example';

  it.each([
    ['0.0.0.0:2525', { host: '0.0.0.0', port: 2_525 }],
    ['[::1]:25', { host: '::1', port: 25 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
  ])('is taken at %s, for a domain in lower case', (BOUNCE_LISTEN, listen) => {
    expect(feedback({ BOUNCE_LISTEN, BOUNCE_DOMAIN })).toEqual({
      BOUNCE_LISTEN: listen,
      BOUNCE_DOMAIN: 'bounces.x.example',
    });
  });

  it.each(['2525', 'localhost', '::1:25', 'localhost:70000', 'a b:25', 'localhost:25/'])(
    'is not taken at %j',
    (BOUNCE_LISTEN) => {
      expect(feedback({ BOUNCE_LISTEN, BOUNCE_DOMAIN })).toContain(
        'BOUNCE_LISTEN: expected host:port',
      );
    },
  );

  it('needs a domain where it is taken, and one that is a domain', () => {
    expect(feedback({ BOUNCE_LISTEN: '0.0.0.0:25' })).toContain(
      'BOUNCE_DOMAIN: is required with BOUNCE_LISTEN',
    );
    expect(feedback({ BOUNCE_LISTEN: '0.0.0.0:25', BOUNCE_DOMAIN: 'a@b' })).toMatch(
      /1 problem\(s\):\n {2}- BOUNCE_DOMAIN: expected a domain/,
    );
    expect(feedback({ BOUNCE_DOMAIN })).toMatchObject({ BOUNCE_DOMAIN: 'bounces.x.example' });
  });
});
