import type { DataSource } from 'typeorm';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { Database } from './database.js';

interface Sent {
  readonly text: string;
  readonly name?: string;
}

/** A database with one connection that answers each statement when it is told to. */
function given(prepares = true) {
  const sent: Sent[] = [];
  const answers: (() => void)[] = [];
  const client = Object.assign(new EventEmitter(), {
    connection: { stream: new PassThrough() },
    session: { prepares, begin: 'BEGIN', era: { over: false } },
    query: (statement: Sent) => {
      sent.push(statement);
      return new Promise((resolve) => answers.push(() => resolve({ rows: [] })));
    },
  });
  const driver = { obtainMasterConnection: async () => [client, () => undefined] };
  const database = new Database({ driver } as unknown as DataSource);
  const texts = () => sent.map(({ text }) => text);
  /** Answers all that has been sent, and lets happen what follows from it. */
  const answer = async () => {
    await new Promise((resolve) => void setImmediate(resolve));
    for (const next of answers.splice(0)) next();
    await new Promise((resolve) => void setImmediate(resolve));
  };
  return { database, sent, texts, answer };
}

describe('a transaction', () => {
  it('sends nothing before it is known to have begun', async () => {
    const { database, texts, answer } = given();
    const transaction = await database.begin();
    void transaction.query('INSERT INTO parcels VALUES ($1)', [1]);
    void transaction.query('INSERT INTO labels VALUES ($1)', [1]);
    expect(texts()).toEqual(['BEGIN']);
    await answer();
    expect(texts()).toEqual([
      'BEGIN',
      'INSERT INTO parcels VALUES ($1)',
      'INSERT INTO labels VALUES ($1)',
    ]);
  });

  it('in which nothing is asked sends nothing, however it ends', async () => {
    const { database, texts } = given();
    await (await database.begin()).commit();
    await (await database.begin()).rollback();
    expect(texts()).toEqual([]);
  });
});

describe('a statement', () => {
  it('with parameters is prepared under a name of its own, the same each time', async () => {
    const { database, sent, answer } = given();
    for (const n of [1, 2, 3]) {
      const asked = database.query(`SELECT $1 AS ${n === 3 ? 'other' : 'one'}`, [n]);
      await answer();
      await asked;
    }
    const [first, again, other] = sent.map(({ name }) => name);
    expect(first).toMatch(/^usher_/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('has a name that another process gives to the same text only', async () => {
    const { database, sent, answer } = given();
    const asked = database.query('SELECT $1::int AS n', [1]);
    await answer();
    await asked;
    // The first 32 digits of the text's SHA-256.
    expect(sent[0]!.name).toBe('usher_8354518bf188db9324756b6a4914a376');
  });

  it('is not prepared where a pooler cannot hold it', async () => {
    const { database, sent, answer } = given(false);
    const asked = database.query('SELECT $1 AS one', [1]);
    await answer();
    await asked;
    expect(sent[0]).toMatchObject({ text: 'SELECT $1 AS one', name: undefined });
  });

  it('without parameters, which may be several, is not prepared', () => {
    const { database, sent } = given();
    void database.query('SELECT 1; SELECT 2');
    return new Promise((resolve) => void setImmediate(resolve)).then(() =>
      expect(sent).toEqual([{ text: 'SELECT 1; SELECT 2' }]),
    );
  });
});

describe('the statements that connections keep prepared', () => {
  it('are not more than a bound, whatever is sent', async () => {
    const { database, sent, answer } = given();
    const asked = Array.from({ length: 600 }, (_, n) => database.query(`SELECT $1 AS n${n}`, [n]));
    await answer();
    await Promise.all(asked);
    expect(sent.filter(({ name }) => name !== undefined).length).toBeLessThanOrEqual(500);
    expect(sent.at(-1)).toMatchObject({ text: 'SELECT $1 AS n599', name: undefined });
  });
});
