/** Runs SQL with positional parameters (`$1`) and answers with the rows, those of RETURNING included. */
export interface Sql {
  query<Row = Record<string, unknown>>(
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<Row[]>;
}

/** A transaction that is open. */
export interface Transaction extends Sql {
  /** Runs once the transaction is committed, never when it is rolled back. Must not throw. */
  afterCommit(callback: () => void): void;
}

/** A transaction whose end is in the hands of its owner: exactly one of `commit` and `rollback`. */
export interface OpenTransaction extends Transaction {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** What messaging needs of PostgreSQL; {@link pgDatabase} makes one of a pool of `pg`. */
export interface Database extends Sql {
  /** Opens a transaction on a connection of its own, at the isolation level READ COMMITTED. */
  begin(): Promise<OpenTransaction>;
}
