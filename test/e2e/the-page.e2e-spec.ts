import { prepareStack, type Stack } from '../support/stack.js';

let stack: Stack;

beforeAll(async () => {
  // The page needs nothing but its API.
  stack = await prepareStack({ RABBITMQ_URL: 'amqp://127.0.0.1:1', PASSWORD_MIN: '12' });
  await stack.start('api');
});

afterAll(() => stack.stop());

const DOCUMENTS = ['/', '/ops', '/verify-email', '/reset-password'];
const INITIAL_SCRIPT_LIMIT_BYTES = 60_000;

const fetchPage = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${stack.url}${path}`, { headers: { 'accept-encoding': 'identity', ...headers } });

/** The scripts that a document loads before anybody has done anything. */
const scriptsOf = (html: string) =>
  [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path!);

describe('a document of the page', () => {
  it.each(DOCUMENTS)('%s is HTML that is asked for anew each time', async (path) => {
    const response = await fetchPage(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const again = await fetchPage(path, {
      'if-none-match': response.headers.get('etag')!,
      // Otherwise Node's fetch asks for a fresh copy.
      'cache-control': 'max-age=0',
    });
    expect(again.status).toBe(304);
  });

  it.each(DOCUMENTS)('%s may run and load nothing but what comes from here', async (path) => {
    const response = await fetchPage(path);
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https:|\*/);
    const html = await response.text();
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
    expect(html).not.toMatch(/(?:src|href)="(?!\/assets\/)/);
  });

  it('knows the shortest password that the API takes', async () => {
    const html = await (await fetchPage('/')).text();
    expect(html).toContain('<meta name="password-min" content="12" />');
  });

  it('loads less than 60 kB of script, compressed, before anybody has done anything', async () => {
    const scripts = scriptsOf(await (await fetchPage('/')).text());
    expect(scripts.length).toBeGreaterThan(0);
    let bytes = 0;
    for (const path of scripts) {
      const { headers } = await fetchPage(path, { 'accept-encoding': 'gzip' });
      bytes += Number(headers.get('content-length'));
    }
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThan(INITIAL_SCRIPT_LIMIT_BYTES);
  });
});

describe('an asset', () => {
  it('is kept for a year, and comes compressed to whoever can read that', async () => {
    const [script] = scriptsOf(await (await fetchPage('/')).text());
    const plain = await fetchPage(script!);
    expect(plain.headers.get('content-type')).toMatch(/javascript/);
    expect(plain.headers.get('cache-control')).toBe('public,max-age=31536000,immutable');
    expect(plain.headers.get('content-encoding')).toBeNull();
    const text = await plain.text();
    for (const encoding of ['gzip', 'br']) {
      const packed = await fetchPage(script!, { 'accept-encoding': encoding });
      expect(packed.headers.get('content-encoding')).toBe(encoding);
      expect(packed.headers.get('vary')).toMatch(/accept-encoding/i);
      // fetch has unpacked it.
      await expect(packed.text()).resolves.toBe(text);
    }
  });

  it.each([
    '/assets/no-such-file.js',
    '/assets/',
    '/assets/..%2findex.html',
    '/assets/%2e%2e/index.html',
    '/index.html',
    '/assets/%00',
  ])('%s is not there', async (path) => {
    const response = await fetchPage(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });
});
