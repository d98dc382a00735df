const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const BITS = 5;

/** RFC 4648, section 6, in lower case and without padding. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    bits += 8;
    while (bits >= BITS) {
      bits -= BITS;
      text += ALPHABET[(pending >> bits) & 31];
    }
    pending &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(pending << (BITS - bits)) & 31] : text;
}

/**
 * The bytes of a text that `encodeBase32` made, in lower or upper case, else undefined. Each value has one
 * text: the bits that are left over must be 0 (RFC 4648, section 3.5).
 */
export function decodeBase32(text: string): Buffer | undefined {
  const bytes: number[] = [];
  let pending = 0;
  let bits = 0;
  for (const character of text) {
    const value = valueOf(character);
    if (value === undefined) return undefined;
    pending = (pending << BITS) | value;
    bits += BITS;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push(pending >> bits);
    pending &= (1 << bits) - 1;
  }
  return bits < BITS && pending === 0 ? Buffer.from(bytes) : undefined;
}

/** By code, since other alphabets have characters whose lower case is in this one. */
function valueOf(character: string): number | undefined {
  const lower = /^[A-Z]$/.test(character) ? character.toLowerCase() : character;
  const value = ALPHABET.indexOf(lower);
  return value < 0 ? undefined : value;
}
