import { Injectable } from '@nestjs/common';
import type { Locale } from '#libs/contracts';
import { Database, type Transaction } from '#libs/database';
import { traceparentOf } from '#libs/service-defaults';
import { EventEmitter } from 'node:events';
import { v7 as uuidv7 } from 'uuid';
import type { Client } from '../http/client.js';

/** An account to be, its password hashed already. */
export interface NewAccount {
  readonly email: string;
  readonly displayName: string;
  readonly passwordHash: string;
  readonly interests: readonly string[];
  readonly locale: Locale;
  readonly country?: string | undefined;
}

export type DeferredRequest =
  | { readonly kind: 'sign-up'; readonly account: NewAccount }
  | { readonly kind: 'password-reset'; readonly email: string }
  | { readonly kind: 'verification-resend'; readonly email: string };

/**
 * Takes requests whose answer must not tell whether an address has an account. The request is written down
 * and answered; only then does {@link DeferredRequestRunner} look. So there is nothing that could differ:
 * status, headers, body and time are made before anybody knows.
 */
@Injectable()
export class DeferredRequests {
  private readonly emitter = new EventEmitter();

  constructor(private readonly database: Database) {}

  /** Writes the request down, in the caller's transaction if there is one; it is run soon after. */
  async accept(
    request: DeferredRequest,
    { requestId }: Client,
    transaction?: Transaction,
  ): Promise<void> {
    await (transaction ?? this.database).query(
      `INSERT INTO accounts.deferred_requests (id, request, request_id, traceparent)
       VALUES ($1, $2, $3, $4)`,
      [uuidv7(), JSON.stringify(request), requestId, traceparentOf() ?? null],
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
