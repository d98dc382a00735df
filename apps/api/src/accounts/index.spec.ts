import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const SRC = new URL('../', import.meta.url).pathname;
const read = (path: string) => readFileSync(`${SRC}${path}`, 'utf8');
const filesOf = (wing: string) =>
  readdirSync(`${SRC}${wing}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.spec)\.ts$/.test(file))
    .map((file) => `${wing}/${file}`);

describe('the seam where another identity provider goes in', () => {
  it('has five names', () => {
    const exported = [...read('accounts/index.ts').matchAll(/^export \{([^}]*)\}/gm)];
    const names = exported.flatMap(([, list]) => list!.split(','));
    expect(names.map((name) => name.trim().replace(/^type /, '')).toSorted()).toEqual([
      'Accounts',
      'CurrentSession',
      'FromSession',
      'RequiresSession',
      'SessionStore',
    ]);
  });

  it('is used for two methods besides the sessions of requests', () => {
    const calls = filesOf('follow-ups').flatMap((file) => [
      ...read(file).matchAll(/\bthis\.(?:accounts|sessions)\.\w+/g),
    ]);
    expect([...new Set(calls.map(([call]) => call))].toSorted()).toEqual([
      'this.accounts.get',
      'this.sessions.alive',
    ]);
  });

  it('is passed by in two SQL statements, which only read', () => {
    const passing = ['follow-ups', 'operations'].flatMap((wing) =>
      filesOf(wing).filter((file) => /\baccounts\.[a-z_]+ AS\b/.test(read(file))),
    );
    expect(passing.map((file) => basename(file)).toSorted()).toEqual([
      'deliveries.query.ts',
      'open-recommendation.ts',
    ]);
    for (const file of passing) {
      expect(read(file)).not.toMatch(/(INTO|UPDATE|DELETE FROM) accounts\./);
    }
  });
});
