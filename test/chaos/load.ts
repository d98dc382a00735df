import { setTimeout as sleep } from 'node:timers/promises';
import { PASSWORD } from '../support/api-client.js';
import { addressOf } from './mail-sink.js';

/** What a client knows after its sign-up was answered 201. */
export interface AcceptedSignUp {
  readonly email: string;
  readonly userId: string;
  /** The request that was answered. */
  readonly answerMs: number;
  /** From the first try on. */
  readonly acceptedAfterMs: number;
  readonly tries: number;
}

export interface LoadOptions {
  readonly signups: number;
  readonly concurrency: number;
  readonly seed: number;
  readonly apis: readonly string[];
}

/** A new person comes this often, if a client is free. */
const ARRIVAL_MS = 250;
const ANSWER_TIMEOUT_MS = 10_000;
const GIVE_UP_MS = 90_000;
const MAX_TRIES = 100;
const PAUSE_MS = { first: 100, longest: 2_000 };

/** Clients that repeat a sign-up, always with the same Idempotency-Key, until it is answered 201. */
export class Load {
  readonly accepted: AcceptedSignUp[] = [];
  /** Answers that no repeated request may get, by status and code: anything but 201 and 503. */
  readonly wrongAnswers: Record<string, number> = {};
  isOver = false;
  private begun = 0;

  constructor(private readonly options: LoadOptions) {}

  async run(): Promise<void> {
    const startedAt = Date.now();
    const client = async () => {
      while (this.begun < this.options.signups) {
        const person = this.begun++;
        await sleep(Math.max(0, startedAt + person * ARRIVAL_MS - Date.now()));
        await this.signUp(person);
      }
    };
    await Promise.all(Array.from({ length: this.options.concurrency }, client));
    this.isOver = true;
  }

  private async signUp(person: number): Promise<void> {
    const startedAt = performance.now();
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const askedAt = performance.now();
      const answer = await this.ask(person, tries);
      const now = performance.now();
      if (answer.status === 201) {
        this.accepted.push({
          email: addressOf(person),
          userId: answer.userId,
          answerMs: now - askedAt,
          acceptedAfterMs: now - startedAt,
          tries,
        });
        return;
      }
      // 0: no answer at all. A refusal of the request itself does not change by repeating it.
      if (answer.status !== 0 && answer.status < 500) return;
      if (now - startedAt > GIVE_UP_MS) return;
      await sleep(Math.min(PAUSE_MS.first * tries, PAUSE_MS.longest));
    }
  }

  private async ask(person: number, tries: number): Promise<{ status: number; userId: string }> {
    const { apis, seed } = this.options;
    try {
      const response = await fetch(`${apis[(person + tries) % apis.length]}/v1/signups`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': `chaos-${seed}-${person}`,
        },
        body: JSON.stringify({
          email: addressOf(person),
          password: PASSWORD,
          displayName: `Person ${person}`,
          interests: ['databases', 'chess'],
        }),
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      const body = (await response.json()) as { user?: { id: string }; code?: string };
      if (response.status !== 201 && response.status !== 503) {
        const answer = `${response.status} ${body.code}`;
        this.wrongAnswers[answer] = (this.wrongAnswers[answer] ?? 0) + 1;
      }
      return { status: response.status, userId: body.user?.id ?? '' };
    } catch {
      return { status: 0, userId: '' };
    }
  }
}
