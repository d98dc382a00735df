import { MailIds } from './mail-ids.js';
import { readReturnPath, returnPath } from './return-path.js';

const id = new MailIds(Buffer.alloc(32, 7)).sign({
  eventId: '01890a5d-ac96-774b-bcce-b302099a8058',
  consumer: 'email-worker.send-welcome-email',
  recipient: 'mike@example.com',
});
const DOMAIN = 'bounces.example.org';

describe('a return path', () => {
  it('is an address in lower case whose local part has at most 64 octets', () => {
    const path = returnPath(id, 'Bounces.Example.org');

    expect(path).toBe(`${id}@${DOMAIN}`);
    expect(Buffer.byteLength(path.slice(0, path.indexOf('@')))).toBeLessThanOrEqual(64);
  });

  it('names the mail, whatever case servers have made of it', () => {
    expect(readReturnPath(returnPath(id, DOMAIN), DOMAIN)).toBe(id);
    expect(readReturnPath(returnPath(id, DOMAIN).toUpperCase(), DOMAIN)).toBe(id);
    expect(readReturnPath(returnPath(id, DOMAIN), 'Bounces.Example.ORG')).toBe(id);
  });

  it.each([
    ['of another domain', `${id}@example.org`],
    ['of a domain below it', `${id}@a.${DOMAIN}`],
    ['of two domains', `${id}@${DOMAIN}@${DOMAIN}`],
    ['of none', id],
    ['without a local part', `@${DOMAIN}`],
    ['of a person', `postmaster@${DOMAIN}`],
    ['with a tag', `${id}+tag@${DOMAIN}`],
    ['quoted', `"${id}"@${DOMAIN}`],
    ['in angle brackets', `<${id}@${DOMAIN}>`],
    ['that is far too long', `${id.repeat(100_000)}@${DOMAIN}`],
    ['that is empty', ''],
  ])('is no address %s', (_, address) => {
    expect(readReturnPath(address, DOMAIN)).toBeUndefined();
  });
});
