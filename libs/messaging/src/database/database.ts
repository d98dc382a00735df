/** Runs SQL with positional parameters (`$1`) and answers with the rows, those of RETURNING included. */
export interface Sql {
  query<Row = Record<string, unknown>>(
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<Row[]>;
}

/** A transaction that is open; its owner calls `commit` or `rollback`, once. */
export interface OpenTransaction extends Sql {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** What messaging needs of PostgreSQL; {@link pgDatabase} makes one of a pool of `pg`. */
export interface Database extends Sql {
  /** Opens a transaction on a connection of its own, at the isolation level READ COMMITTED. */
  begin(): Promise<OpenTransaction>;
}
