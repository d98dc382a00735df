import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hash, verify, type Options } from '@node-rs/argon2';
import { metrics } from '@opentelemetry/api';
import { inSpan } from '#libs/service-defaults';
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { ApiConfig } from '../../api.config.js';
import { HashQueue } from './hash-queue.js';

/**
 * argon2id with m=19 MiB, t=2, p=1: OWASP Password Storage Cheat Sheet and RFC 9106. The package's
 * default algorithm is argon2id; its enum cannot be named under isolatedModules.
 */
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * The shortest of this many hashes gives the time of one: other work disturbs some, and the first one loads the
 * library.
 */
const MEASURED_HASHES = 4;

/** Hashes and verifies passwords off the event loop, as many at once as there are cores. */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  private readonly queue: HashQueue;
  private unusable = '';
  private hashMs = 0;

  private readonly concurrency: number;

  constructor(config: ApiConfig) {
    this.queue = new HashQueue({
      concurrency: config.HASH_CONCURRENCY,
      limit: config.HASH_QUEUE_LIMIT,
      maxWaitMs: config.HASH_QUEUE_TIMEOUT,
      shareOfOthers: config.HASH_SHARE_OTHER,
    });
    this.concurrency = Math.min(config.HASH_CONCURRENCY, availableParallelism());
    metrics
      .getMeter('usher.api')
      .createObservableGauge('usher_hash_queue_depth', {
        description: 'Requests that wait for a password hash',
      })
      .addCallback((result) => result.observe(this.queue.depth));
  }

  /** Whether there is a place in the queue for one more that is no sign-up of the line. */
  admits(): boolean {
    return this.queue.admits();
  }

  /** See {@link HashQueue.admitsSignUp}. */
  admitsSignUp(arrival: number, letIn: number): boolean {
    return this.queue.admitsSignUp(arrival, letIn);
  }

  /** Whether a sign-up of the line waits here. */
  get signUpsWait(): boolean {
    return this.queue.signUpsWait;
  }

  /** See {@link HashQueue.places}. */
  get places(): number {
    return this.queue.places;
  }

  /** Hashes in a second if every slot always has one. */
  get mostPerSecond(): number {
    return this.queue.mostPerSecond;
  }

  /** Hashes in a second when nothing else is to do; known once the module has been initialised. */
  get idlePerSecond(): number {
    return (this.concurrency / this.hashMs) * 1_000;
  }

  /** The hash of a random password that was thrown away: verifying against it takes as long as against a real one. */
  get unusableHash(): string {
    return this.unusable;
  }

  async onModuleInit(): Promise<void> {
    const thrownAway = randomBytes(32);
    this.hashMs = Infinity;
    for (let nth = 0; nth < MEASURED_HASHES; nth++) {
      const startedAt = performance.now();
      this.unusable = await hash(thrownAway, PARAMETERS);
      this.hashMs = Math.min(this.hashMs, performance.now() - startedAt);
    }
  }

  /**
   * The hash in PHC format. `precondition` runs when the turn has come and may throw instead.
   * @param arrival when a sign-up arrived that comes from the line
   * @throws Problem `overloaded`
   */
  async hash(
    password: string,
    precondition?: () => Promise<void>,
    arrival?: number,
  ): Promise<string> {
    const job = async () => {
      await precondition?.();
      return hash(password, PARAMETERS);
    };
    return inSpan('hash password', {}, () => this.queue.run(job, arrival));
  }

  /** Whether the password fits; without a hash the answer is no, after the same time. @throws Problem `overloaded` */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const fits = await inSpan('verify password', {}, () =>
      this.queue.run(() => verify(passwordHash ?? this.unusable, password)),
    );
    return fits && passwordHash !== undefined;
  }
}
