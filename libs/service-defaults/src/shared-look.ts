/** One look for all who ask at the same time or soon after: any number of open pages costs as much as one. */
export class SharedLook<T> {
  private last: { readonly answer: Promise<T>; readonly at: number } | undefined;

  constructor(
    private readonly maxAgeMs: number,
    private readonly look: () => Promise<T>,
  ) {}

  get(): Promise<T> {
    if (this.last && performance.now() - this.last.at < this.maxAgeMs) return this.last.answer;
    const look = { answer: this.look(), at: performance.now() };
    this.last = look;
    // A failure is told to those who waited for it, and to nobody else.
    look.answer.catch(() => {
      if (this.last === look) this.forget();
    });
    return look.answer;
  }

  /** The next one to ask looks anew. */
  forget(): void {
    this.last = undefined;
  }
}
