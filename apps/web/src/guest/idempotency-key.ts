/** 128 random bits; unlike `crypto.randomUUID` it also works on a page that came by plain HTTP. */
const randomKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');

/** One key for one request: the same body, sent again, gets the same key, so that it counts once. */
export class IdempotencyKeys {
  private body = '';
  private key = '';

  constructor(private readonly newKey: () => string = randomKey) {}

  for(body: object): string {
    const text = JSON.stringify(body);
    if (text !== this.body) [this.body, this.key] = [text, this.newKey()];
    return this.key;
  }
}
