import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hash, verify, type Options } from '@node-rs/argon2';
import { metrics } from '@opentelemetry/api';
import { inSpan } from '#libs/service-defaults';
import { randomBytes } from 'node:crypto';
import { ApiConfig } from '../../api.config.js';
import { HashQueue } from './hash-queue.js';

/**
 * argon2id with m=19 MiB, t=2, p=1: OWASP Password Storage Cheat Sheet and RFC 9106. The package's
 * default algorithm is argon2id; its enum cannot be named under isolatedModules.
 */
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes and verifies passwords off the event loop, as many at once as there are cores. */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  private readonly queue: HashQueue;
  /** The hash of a password that nobody has: verifying against it takes as long as against a real one. */
  private nobody = '';

  constructor(config: ApiConfig) {
    this.queue = new HashQueue({
      concurrency: config.HASH_CONCURRENCY,
      limit: config.HASH_QUEUE_LIMIT,
      maxWaitMs: config.HASH_QUEUE_TIMEOUT,
    });
    metrics
      .getMeter('usher.api')
      .createObservableGauge('usher_hash_queue_depth', {
        description: 'Requests that wait for a password hash',
      })
      .addCallback((result) => result.observe(this.queue.depth));
  }

  /** Whether there is a place in the queue for one more. */
  admits(): boolean {
    return this.queue.admits();
  }

  async onModuleInit(): Promise<void> {
    this.nobody = await hash(randomBytes(32), PARAMETERS);
  }

  /**
   * The hash in PHC format. `precondition` runs when the turn has come and may throw instead.
   * @throws Problem `overloaded`
   */
  async hash(password: string, precondition?: () => Promise<void>): Promise<string> {
    return inSpan('hash password', {}, () =>
      this.queue.run(async () => {
        await precondition?.();
        return hash(password, PARAMETERS);
      }),
    );
  }

  /** Whether the password fits; without a hash the answer is no, after the same time. @throws Problem `overloaded` */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const fits = await inSpan('verify password', {}, () =>
      this.queue.run(() => verify(passwordHash ?? this.nobody, password)),
    );
    return fits && passwordHash !== undefined;
  }
}
