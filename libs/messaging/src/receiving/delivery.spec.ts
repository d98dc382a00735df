import type { Database, OpenTransaction } from '../database/database.js';
import type { DeliveryKey, DeliveryLedger } from '../deliveries/delivery-ledger.js';
import { ExternalDelivery, TransactionalDelivery } from './delivery.js';
import { HandlerTimeoutError } from '../retry/errors.js';

const KEY: DeliveryKey = {
  consumer: 'parcel-worker.pack-parcel',
  eventId: '01890a5d-ac96-774b-bcce-b302099a8057',
  subject: '01890a5d-ac96-774b-bcce-b302099a8058',
};

/** What happens at the database, in order. */
type Log = string[];

function fakeTransaction(log: Log): OpenTransaction {
  return {
    query: async <Row>(sql: string) => {
      log.push(sql);
      return [] as Row[];
    },
    afterCommit: () => undefined,
    commit: async () => void log.push('COMMIT'),
    rollback: async () => void log.push('ROLLBACK'),
  };
}

function given(options: { doneBefore?: boolean; beginFails?: Error; ledgerFails?: Error } = {}) {
  const log: Log = [];
  const abort = new AbortController();
  const database = {
    begin: async () => {
      if (options.beginFails) throw options.beginFails;
      log.push('BEGIN');
      return fakeTransaction(log);
    },
  } as Database;
  const ledger = {
    markDone: async (_transaction: unknown, key: DeliveryKey, attempt: number) => {
      if (options.ledgerFails) throw options.ledgerFails;
      log.push(`done: ${key.consumer}, attempt ${attempt}`);
      return !options.doneBefore;
    },
    markDoneWith: async (sql: string, _parameters: unknown, key: DeliveryKey, attempt: number) => {
      if (options.ledgerFails) throw options.ledgerFails;
      log.push(`done: ${key.consumer}, attempt ${attempt}, with ${sql}`);
      return !options.doneBefore;
    },
  } as unknown as DeliveryLedger;
  const delivery = new TransactionalDelivery(KEY, 2, abort.signal, database, ledger);
  return { delivery, log, abort };
}

const LEDGER_ROW = 'done: parcel-worker.pack-parcel, attempt 2';

describe('a delivery with an effect in the database', () => {
  it('tells the handler which event it is, and the how manieth attempt', () => {
    const { delivery } = given();

    expect(delivery).toMatchObject({
      consumer: 'parcel-worker.pack-parcel',
      eventId: KEY.eventId,
      attempt: 2,
    });
  });

  it('opens no transaction before the handler asks for one', () => {
    expect(given().log).toEqual([]);
  });

  it('commits the effect together with the ledger row, which is written first', async () => {
    const { delivery, log } = given();
    const answer = await delivery.inTransaction(async (transaction) => {
      await transaction.query('INSERT INTO parcels');
      return 'packed';
    });

    expect(answer).toBe('packed');
    expect(log).toEqual(['BEGIN', LEDGER_ROW, 'INSERT INTO parcels']);
    expect(await delivery.commit()).toBe('done');
    expect(log.at(-1)).toBe('COMMIT');
  });

  it('has one transaction, however often the handler asks and at the same time', async () => {
    const { delivery, log } = given();
    await Promise.all([
      delivery.inTransaction((transaction) => transaction.query('INSERT INTO parcels')),
      delivery.inTransaction((transaction) => transaction.query('INSERT INTO labels')),
    ]);
    await delivery.inTransaction((transaction) => transaction.query('INSERT INTO stamps'));
    await delivery.commit();

    expect(log).toEqual([
      'BEGIN',
      LEDGER_ROW,
      'INSERT INTO parcels',
      'INSERT INTO labels',
      'INSERT INTO stamps',
      'COMMIT',
    ]);
  });

  it('records in the ledger that the event is done even if the handler changed nothing', async () => {
    const { delivery, log } = given();

    expect(await delivery.commit()).toBe('done');
    expect(log).toEqual(['BEGIN', LEDGER_ROW, 'COMMIT']);
  });

  it('does not repeat the work of an event that was done before', async () => {
    const { delivery, log } = given({ doneBefore: true });
    const answer = await delivery.inTransaction((transaction) =>
      transaction.query('INSERT INTO parcels'),
    );

    expect(answer).toBeUndefined();
    expect(log).not.toContain('INSERT INTO parcels');
    expect(await delivery.commit()).toBe('duplicate');
  });

  it('passes the error of the work on', async () => {
    const { delivery, log } = given();
    const work = delivery.inTransaction(() => Promise.reject(new Error('no stamps left')));

    await expect(work).rejects.toThrow('no stamps left');
    await delivery.rollback();
    expect(log.at(-1)).toBe('ROLLBACK');
  });
});

describe('a delivery with an effect of one statement', () => {
  const EFFECT = 'INSERT INTO parcels SELECT $1 FROM delivery';

  it('sends it together with the ledger row, and nothing else', async () => {
    const { delivery, log } = given();
    await delivery.effect(EFFECT, [1]);

    expect(await delivery.commit()).toBe('done');
    expect(log).toEqual([`${LEDGER_ROW}, with ${EFFECT}`]);
  });

  it('tells when the event was done before', async () => {
    const { delivery } = given({ doneBefore: true });
    await delivery.effect(EFFECT, [1]);

    expect(await delivery.commit()).toBe('duplicate');
  });

  it('refuses one that would happen each time', async () => {
    const { delivery, log } = given();

    await expect(delivery.effect('INSERT INTO parcels VALUES ($1)', [1])).rejects.toThrow(
      'An effect takes its rows FROM delivery',
    );
    expect(log).toEqual([]);
  });

  it('is the only effect', async () => {
    const once = given();
    await once.delivery.effect(EFFECT, [1]);
    await expect(once.delivery.effect(EFFECT, [2])).rejects.toThrow('one effect');
    await expect(once.delivery.inTransaction(async () => 1)).rejects.toThrow('one effect');

    const open = given();
    await open.delivery.inTransaction(async () => 1);
    await expect(open.delivery.effect(EFFECT, [1])).rejects.toThrow('one effect');
  });

  it('does not begin when the time is up', async () => {
    const { delivery, log, abort } = given();
    abort.abort(new HandlerTimeoutError('too long'));

    await expect(delivery.effect(EFFECT, [1])).rejects.toThrow(HandlerTimeoutError);
    expect(log).toEqual([]);
  });

  it('is not done when its statement failed, even if the handler did not mind', async () => {
    const { delivery } = given({ ledgerFails: new Error('no such table') });
    await expect(delivery.effect(EFFECT, [1])).rejects.toThrow('no such table');

    await expect(delivery.commit()).rejects.toThrow('no such table');
    await expect(delivery.rollback()).resolves.toBeUndefined();
  });
});

describe('a delivery whose time is up', () => {
  it('begins no more work', async () => {
    const { delivery, log, abort } = given();
    abort.abort(new HandlerTimeoutError('too long'));

    await expect(delivery.inTransaction(async () => 'late')).rejects.toThrow(HandlerTimeoutError);
    expect(log).toEqual([]);
  });

  it('is not committed, although its work was done', async () => {
    const { delivery, log, abort } = given();
    await delivery.inTransaction((transaction) => transaction.query('INSERT INTO parcels'));
    abort.abort(new HandlerTimeoutError('too long'));

    await expect(delivery.commit()).rejects.toThrow(HandlerTimeoutError);
    await delivery.rollback();
    expect(log).not.toContain('COMMIT');
    expect(log.at(-1)).toBe('ROLLBACK');
  });

  it('rolls back the transaction that was still being opened', async () => {
    const { delivery, log } = given();
    const work = delivery.inTransaction(async () => 'late');
    await delivery.rollback();

    expect(log).toContain('ROLLBACK');
    await work;
  });
});

describe('rolling a delivery back', () => {
  it('needs no transaction when none was opened', async () => {
    const { delivery, log } = given();
    await delivery.rollback();

    expect(log).toEqual([]);
  });

  it('is silent when the transaction could not be opened, which its caller was told', async () => {
    const { delivery } = given({ beginFails: new Error('no database') });

    await expect(delivery.inTransaction(async () => 1)).rejects.toThrow('no database');
    await expect(delivery.rollback()).resolves.toBeUndefined();
  });

  it('happens by itself, once, when the ledger refuses', async () => {
    const { delivery, log } = given({ ledgerFails: new Error('no such table') });

    await expect(delivery.commit()).rejects.toThrow('no such table');
    await delivery.rollback();
    expect(log).toEqual(['BEGIN', 'ROLLBACK']);
  });
});

describe('a delivery with an effect outside', () => {
  it('has no transaction to offer', () => {
    const delivery = new ExternalDelivery(KEY, 1, new AbortController().signal);

    expect(() => delivery.inTransaction()).toThrow('declares an external effect');
    expect(() => delivery.effect()).toThrow('declares an external effect');
  });
});
