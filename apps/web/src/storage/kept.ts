/**
 * What the browser keeps for this page. One that blocks cookies throws at the mere sight of its storage:
 * then nothing is kept, and the page goes on without.
 */
class Kept {
  constructor(private readonly storage: () => Storage) {}

  read(key: string): string | null {
    return this.attempt((storage) => storage.getItem(key)) ?? null;
  }

  write(key: string, value: string): void {
    this.attempt((storage) => storage.setItem(key, value));
  }

  remove(key: string): void {
    this.attempt((storage) => storage.removeItem(key));
  }

  private attempt<T>(use: (storage: Storage) => T): T | undefined {
    try {
      return use(this.storage());
    } catch {
      return undefined;
    }
  }
}

export const keptForGood = new Kept(() => localStorage);
export const keptInThisWindow = new Kept(() => sessionStorage);
