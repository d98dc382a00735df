import { randomBytes, randomInt } from 'node:crypto';
import { MailIds, parseMailId } from './mail-ids.js';

const KEY = Buffer.alloc(32, 7);
const WELCOME = 'email-worker.send-welcome-email';
const RESET = 'email-worker.send-password-reset-email';
const mail = {
  eventId: '01890a5d-ac96-774b-bcce-b302099a8058',
  consumer: WELCOME,
  recipient: 'mike@example.com',
};
const ids = new MailIds(KEY);
const id = ids.sign(mail);

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

describe('the id of a mail', () => {
  it('is 42 characters that fit everywhere: a local part, a tag, metadata', () => {
    expect(id).toMatch(/^[a-z2-7]{42}$/);
  });

  it('is always the same, so that a repeated mail carries the same', () => {
    expect(ids.sign(mail)).toBe(id);
    expect(ids.sign({ ...mail, eventId: mail.eventId.toUpperCase() })).toBe(id);
    expect(ids.sign({ ...mail, recipient: 'Mike@Example.com' })).toBe(id);
  });

  it('stays what it is: mails that are on their way carry it', () => {
    expect(id).toBe('agequxnmsz3uxpgowmbatgualaeifqrshksxzwbp2q');
  });

  it('names the event of a mail to that recipient', () => {
    expect(ids.verify(id, mail)).toBe(mail.eventId);
    expect(ids.verify(id, { consumer: WELCOME, recipient: 'MIKE@example.com' })).toBe(mail.eventId);
  });

  it('may come back in upper case', () => {
    expect(ids.verify(id.toUpperCase(), mail)).toBe(mail.eventId);
    expect(parseMailId(id.toUpperCase())).toEqual({ id, eventId: mail.eventId });
  });

  it.each([
    ['another recipient', { ...mail, recipient: 'eve@example.com' }],
    ['another consumer', { ...mail, consumer: RESET }],
    ['a border that has moved', { consumer: `${WELCOME}mike`, recipient: '@example.com' }],
  ])('is worthless for %s', (_, other) => {
    expect(ids.verify(id, other)).toBeUndefined();
  });

  it('is worthless when another key signed it', () => {
    expect(new MailIds(Buffer.alloc(32, 8)).verify(id, mail)).toBeUndefined();
  });

  it('is worthless with any one character altered', () => {
    for (let index = 0; index < id.length; index++) {
      for (const character of ALPHABET) {
        if (character === id[index]) continue;
        const altered = id.slice(0, index) + character + id.slice(index + 1);
        expect(ids.verify(altered, mail)).toBeUndefined();
      }
    }
  });

  it('has no second spelling: the bits that are left over count', () => {
    const last = ALPHABET.indexOf(id.at(-1)!);
    for (const spare of [1, 2, 3]) {
      expect(parseMailId(id.slice(0, -1) + ALPHABET[last ^ spare])).toBeUndefined();
    }
  });

  it.each([
    '',
    id.slice(1),
    `${id}a`,
    `${id}=`,
    ` ${id.slice(1)}`,
    `${id.slice(1)}\u212A`,
    '1'.repeat(42),
    'a'.repeat(1_000_000),
  ])('is not %j', (text) => {
    expect(parseMailId(text)).toBeUndefined();
    expect(ids.verify(text, mail)).toBeUndefined();
    expect(ids.find(text, mail.recipient, [WELCOME])).toBeUndefined();
  });

  it('is nothing that chance finds, and reading it never fails', () => {
    for (let round = 0; round < 2_000; round++) {
      expect(ids.verify(randomBytes(randomInt(100)).toString('latin1'), mail)).toBeUndefined();
      const formed = Array.from({ length: 42 }, () => ALPHABET[randomInt(32)]).join('');
      expect(ids.verify(formed, mail)).toBeUndefined();
    }
  });

  it('belongs to one of several consumers', () => {
    expect(ids.find(id, mail.recipient, [RESET, WELCOME])).toEqual(mail);
    expect(ids.find(id, mail.recipient, [RESET])).toBeUndefined();
    expect(ids.find(id, 'eve@example.com', [RESET, WELCOME])).toBeUndefined();
  });

  it('is of an event whose id is a UUID', () => {
    expect(() => ids.sign({ ...mail, eventId: 'event 1' })).toThrow(TypeError);
    expect(() => ids.sign({ ...mail, eventId: `${mail.eventId}00` })).toThrow(TypeError);
  });

  it('is signed with a key of 32 bytes or more', () => {
    expect(() => new MailIds(Buffer.alloc(31))).toThrow(RangeError);
  });
});
