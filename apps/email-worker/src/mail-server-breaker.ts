import { Injectable, Logger } from '@nestjs/common';
import { DeferredError, DependencyUnavailableError, PermanentError } from '#libs/messaging';
import { Readiness } from '#libs/service-defaults';
import { metrics } from '@opentelemetry/api';
import { MailServerRefusalError, MaybeSentError } from './smtp-errors.js';

/** The first pause after a refusal; each one after it is twice as long, up to the longest. */
export const PAUSE = { firstMs: 5_000, longestMs: 600_000 };

const paused = metrics.getMeter('usher.email').createUpDownCounter('usher_email_paused', {
  description: 'Whether all mails wait because the mail server has refused us or serves nobody',
});
paused.add(0);

const isRefusal = (error: unknown) => error instanceof MailServerRefusalError;

/** The server has looked at a mail, so it has taken us. */
const ABOUT_A_MAIL = [DeferredError, PermanentError, MaybeSentError];

/** What a dialogue says of how far it has come. */
export interface DialogueProgress {
  /** Fires when the server has refused another dialogue while this one had not logged in. */
  readonly refused: AbortSignal;
  /** The server has let us in. */
  loggedIn(): void;
  /** The server has taken sender and recipient. */
  accepted(): void;
}

/**
 * A circuit breaker around the mail server, for this process alone. Providers lock an account that keeps
 * trying, so after a refusal that would meet every mail all mails wait without touching the server. When the
 * pause is over one dialogue probes; the others share its fate. The first dialogue of a process is a probe, too.
 * https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker
 */
@Injectable()
export class MailServerBreaker {
  private readonly logger = new Logger(MailServerBreaker.name);
  private readonly outside = new Set<AbortController>();
  private inside = 0;
  /** Dialogues that have ever logged in. */
  private logIns = 0;
  private isProven = false;
  private probe: Promise<void> | undefined;
  private refusal: MailServerRefusalError | undefined;
  private pauseMs = 0;
  private resumeAt = 0;

  constructor(readiness: Readiness) {
    // A server that only asks to come later is an outage, which stops no rollout.
    readiness.add('mail-server', () => (this.refusal?.reason ? this.refusal.message : undefined));
  }

  /** @throws DependencyUnavailableError while mails wait, and whatever the dialogue throws */
  async run(dialogue: (progress: DialogueProgress) => Promise<void>): Promise<void> {
    while (!this.isProven) {
      this.throwWhilePaused();
      if (!this.probe) return this.runProbe(dialogue);
      await this.probe;
    }
    await this.observe(dialogue, () => undefined);
  }

  private async runProbe(dialogue: (progress: DialogueProgress) => Promise<void>): Promise<void> {
    let resolve!: () => void;
    let reject!: (error: unknown) => void;
    const probe = new Promise<void>((...settle) => ([resolve, reject] = settle));
    // There need not be anybody who waits for it.
    probe.catch(() => undefined);
    this.probe = probe;
    // A probe that has proven the server may go on for minutes, and the server may refuse another one meanwhile.
    const end = () => {
      if (this.probe === probe) this.probe = undefined;
      resolve();
    };
    try {
      await this.observe(dialogue, end);
    } catch (error) {
      // Those that wait have not been refused themselves.
      reject(isRefusal(error) ? this.waiting(error) : error);
      throw error;
    } finally {
      end();
    }
  }

  private async observe(
    dialogue: (progress: DialogueProgress) => Promise<void>,
    onProven: () => void,
  ): Promise<void> {
    const outside = new AbortController();
    const { refusal, logIns } = this;
    let isInside = false;
    const prove = () => {
      // What began before the refusal says nothing about what comes after it.
      if (this.refusal !== refusal) return;
      this.close();
      onProven();
    };
    this.outside.add(outside);
    try {
      await dialogue({
        refused: outside.signal,
        loggedIn: () => {
          this.outside.delete(outside);
          isInside = true;
          this.inside++;
          this.logIns++;
          // After a refusal a log-in proves too little: the sender may be what is refused.
          if (!refusal) prove();
        },
        accepted: prove,
      });
      prove();
    } catch (error) {
      const servesOthers = this.inside > 0 || this.logIns > logIns;
      this.judge(error, servesOthers, prove);
      throw error;
    } finally {
      this.outside.delete(outside);
      if (isInside) this.inside--;
    }
  }

  private judge(error: unknown, servesOthers: boolean, prove: () => void): void {
    if (isRefusal(error)) {
      // A server that says "later" at the door while it serves another connection of ours wants fewer of them.
      if (error.isAtTheDoor && servesOthers) return;
      this.open(error);
    } else if (ABOUT_A_MAIL.some((kind) => error instanceof kind)) prove();
  }

  private open(refusal: MailServerRefusalError): void {
    // Another dialogue that was under way has met the same refusal.
    if (Date.now() < this.resumeAt) return;
    if (!this.refusal) {
      paused.add(1);
      const entry = { msg: 'all mails wait for the mail server', error: refusal.message };
      // Nobody has to act when it has only asked to come later.
      if (refusal.reason) this.logger.error(entry);
      else this.logger.warn(entry);
    }
    this.refusal = refusal;
    this.isProven = false;
    this.pauseMs = Math.min(PAUSE.longestMs, this.pauseMs * 2 || PAUSE.firstMs);
    this.resumeAt = Date.now() + this.pauseMs;
    for (const outside of this.outside) outside.abort(this.waiting(refusal));
  }

  private close(): void {
    this.isProven = true;
    if (!this.refusal) return;
    this.refusal = undefined;
    this.pauseMs = 0;
    paused.add(-1);
    this.logger.log('the mail server takes mails again');
  }

  private throwWhilePaused(): void {
    if (this.refusal && Date.now() < this.resumeAt) throw this.waiting(this.refusal);
  }

  private waiting(refusal: MailServerRefusalError): DependencyUnavailableError {
    const retryAfterMs = this.resumeAt - Date.now();
    return new DependencyUnavailableError(refusal.message, { cause: refusal, retryAfterMs });
  }
}
