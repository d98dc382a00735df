/** Gives each different name a number, from 0 on, in the order in which they come. */
export class Interner {
  private readonly numbers = new Map<string, number>();

  /** @param what for the message @param limit how many different names fit */
  constructor(
    private readonly what: string,
    private readonly limit: number,
  ) {}

  get size(): number {
    return this.numbers.size;
  }

  get names(): string[] {
    return [...this.numbers.keys()];
  }

  /** @throws CatalogueTooLargeError when there are more names than the limit */
  numberOf(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    const number = this.numbers.size;
    if (number >= this.limit) throw new CatalogueTooLargeError(this.what, this.limit);
    this.numbers.set(name, number);
    return number;
  }
}

/** The catalogue does not fit the memory that a worker is meant to use. */
export class CatalogueTooLargeError extends Error {
  override name = 'CatalogueTooLargeError';

  constructor(what: string, limit: number) {
    super(`the catalogue has more than ${limit} ${what}, the limit of a recommendation worker`);
  }
}
