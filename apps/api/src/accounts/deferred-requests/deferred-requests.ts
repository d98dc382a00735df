import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '#libs/database';
import { traceparentOf } from '#libs/service-defaults';
import { EventEmitter } from 'node:events';
import { v7 as uuidv7 } from 'uuid';
import type { Client } from '../../http/client.js';

/** One kind of deferred request; `Request` is what is written down of it, as JSON. */
export interface DeferredKind<Request extends object> {
  readonly name: string;
  /** Only a type. */
  readonly request?: Request;
}

/** @param name is written down with each request, and so never changes */
export const deferredKind = <Request extends object>(name: string): DeferredKind<Request> => ({
  name,
});

/** Who asked for it. */
export type Asker = Pick<Client, 'requestId' | 'network'>;

/** Does what was asked for, in the transaction that takes the request away. */
export type DeferredHandler<Request extends object> = (
  transaction: Transaction,
  request: Request,
  asker: Asker,
) => Promise<void>;

/**
 * Takes requests whose answer must not tell whether an address has an account. The request is written down
 * and answered; only then does {@link DeferredRequestRunner} look. So there is nothing that could differ:
 * status, headers, body and time are made before anybody knows.
 */
@Injectable()
export class DeferredRequests {
  private readonly emitter = new EventEmitter();
  private readonly handlers = new Map<string, DeferredHandler<object>>();

  constructor(private readonly database: Database) {}

  /** Says what requests of this kind are for. @throws Error when the kind has a handler already */
  handle<Request extends object>(
    { name }: DeferredKind<Request>,
    handler: DeferredHandler<Request>,
  ): void {
    if (this.handlers.has(name)) throw new Error(`deferred requests '${name}' have two handlers`);
    this.handlers.set(name, handler as DeferredHandler<object>);
  }

  /** @throws Error when nothing handles this kind: another version of the API may have written it */
  handlerOf(name: string): DeferredHandler<object> {
    const handler = this.handlers.get(name);
    if (!handler) throw new Error(`no handler for deferred requests '${name}'`);
    return handler;
  }

  /** Writes the request down, in the caller's transaction if there is one; it is run soon after. */
  async accept<Request extends object>(
    { name }: DeferredKind<Request>,
    request: Request,
    { requestId, network }: Asker,
    transaction?: Transaction,
  ): Promise<void> {
    await (transaction ?? this.database).query(
      `INSERT INTO accounts.deferred_requests (id, request, request_id, traceparent)
       VALUES ($1, $2, $3, $4)`,
      [
        uuidv7(),
        JSON.stringify({ ...request, kind: name, network }),
        requestId,
        traceparentOf() ?? null,
      ],
    );
    const wake = () => this.emitter.emit('accepted');
    if (transaction) transaction.afterCommit(wake);
    else wake();
  }

  /** Calls back after every request that was accepted in this process. */
  onAccepted(callback: () => void): void {
    this.emitter.on('accepted', callback);
  }
}
