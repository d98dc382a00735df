import { randomBytes, randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { readDsn } from './read-dsn.js';

const FOLDER = fileURLToPath(new URL('formats', import.meta.url));
const REAL = readdirSync(FOLDER).map((name) => readFileSync(join(FOLDER, name)));
const MAX_BYTES = 262_144;

const HEAD = 'Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n';
const PART = '--b\nContent-Type: message/delivery-status\n\n';

describe('hostile input', () => {
  it.each<[string, Buffer]>([
    ['with as many lines as are read', Buffer.from('\n'.repeat(5_000))],
    [
      'with as many fields as are read',
      Buffer.from(`${HEAD}${PART}Status: 5\n${' 1\n'.repeat(4_900)}`),
    ],
    [
      'with as many recipients as are read',
      Buffer.from(HEAD + PART + 'Final-Recipient: rfc822; a@b.c\nStatus: 5.1.1\n\n'.repeat(1_600)),
    ],
    ['with as many parts as are read', Buffer.from(HEAD + '--b\n\n'.repeat(190))],
    ['with NUL only', Buffer.alloc(MAX_BYTES)],
    ['with the byte 0xff only', Buffer.alloc(MAX_BYTES, 0xff)],
  ])('%s is read, and never fails', async (_, raw) => {
    expect(raw.length).toBeLessThanOrEqual(MAX_BYTES);
    const dsn = await readDsn(raw);

    expect(dsn?.recipients.length ?? 0).toBeLessThanOrEqual(100);
  });

  it('of random bytes never fails', async () => {
    for (let round = 0; round < 300; round++) {
      expect(await readDsn(randomBytes(randomInt(2_000)))).toBeUndefined();
    }
  });

  it('of reports with random faults never fails, and names no more than an address', async () => {
    for (let round = 0; round < 200; round++) {
      const raw = Buffer.from(REAL[round % REAL.length]!);
      for (let fault = 0; fault < 10; fault++) raw[randomInt(raw.length)] = randomInt(256);
      const cut = raw.subarray(0, randomInt(raw.length));

      for (const input of [raw, cut]) {
        for (const recipient of (await readDsn(input))?.recipients ?? []) {
          expect(recipient.address).toMatch(/^[^\s@]+@[^\s@]+$/);
          expect(recipient.status ?? '5.0.0').toMatch(/^[245]\.\d{1,3}\.\d{1,3}$/);
          expect((recipient.diagnostic ?? '').length).toBeLessThanOrEqual(500);
        }
      }
    }
  });
});
