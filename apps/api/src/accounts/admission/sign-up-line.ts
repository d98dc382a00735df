import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { Database } from '#libs/database';
import { deriveKey } from '#libs/link-tokens';
import { v7 as uuidv7 } from 'uuid';
import { ApiConfig } from '../../api.config.js';
import { Problem, type PlaceInLine } from '../../http/problem.js';
import type { Place } from '../../line/answer.js';
import { CorrectedClock } from '../../line/clock.js';
import type { LineRow } from '../../line/fleet.js';
import { Line } from '../../line/line.js';
import { overloaded } from '../passwords/hash-queue.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import type { Admission } from './admission.js';
import { exchangeRows } from './line-rows.js';

const BEAT_MS = 1_000;
const CLOCK_MS = 60_000;
/** Rows are written for so long after the line is over, so that all instances hear of its end. */
const AFTER_MS = 10_000;
/**
 * The share of the hash in the time of a sign-up: a first guess, which the first second corrects. About 0.17 in a
 * process that has just started, and 0.35 in a warm one. A guess that is too low costs time, one that is too high costs
 * requests.
 */
const HASH_SHARE_OF_SIGN_UP = 0.3;

/** The line of this instance: kept in step with those of the others, and with the password hashes. */
@Injectable()
export class SignUpLine implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Line');
  /** The system's clock may be set while the app runs, and would take every ticket with it. */
  private readonly clock = new CorrectedClock({
    now: () => performance.timeOrigin + performance.now(),
  });
  private line: Line | undefined;
  private timer: NodeJS.Timeout | undefined;
  private exchange: Promise<void> | undefined;
  private own: LineRow | undefined;
  private clockSetAt = -Infinity;
  private lastWaited = -Infinity;
  private isDatabaseAway = false;

  constructor(
    private readonly config: ApiConfig,
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
  ) {}

  /** Undefined with `LINE=off`. */
  get current(): Line | undefined {
    return this.line;
  }

  /** Before the first request: an instance that starts in the middle of a line goes on with it. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.LINE === 'off') return;
    await this.readClock();
    const line = new Line(
      {
        clock: this.clock,
        instance: uuidv7(),
        key: deriveKey(this.config.LINK_SIGNING_KEY, 'ticket of the line'),
        limitMs: this.config.LINE_LIMIT,
        signUpRate: this.config.RATE_LIMIT_SIGNUP,
        mayCost: this.config.CHALLENGE !== 'none',
        guessPerSecond: this.hasher.idlePerSecond * HASH_SHARE_OF_SIGN_UP,
        random: Math.random,
      },
      this.hasher,
    );
    await this.hear(line);
    this.line = line;
    this.observe(line);
    this.timer = setInterval(() => this.beat(line), BEAT_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.exchange;
  }

  /** Hashes the password of a sign-up: one that was let in waits by its arrival, and has had its turn then. */
  async hash(
    password: string,
    admission: Admission | undefined,
    precondition?: () => Promise<void>,
  ): Promise<string> {
    if (admission?.kind !== 'let-in') return this.hasher.hash(password, precondition);
    const { pass } = admission;
    const begin = async () => {
      await precondition?.();
      // The connection has broken, and its ticket is good for another one.
      if (!pass.isOpen) throw overloaded();
      this.line!.began(pass, this.hasher.signUpsWait);
    };
    this.line!.came(pass);
    return this.hasher.hash(password, begin, pass.arrival);
  }

  /**
   * Serves a sign-up.
   * @throws Problem `overloaded`, with a place in the line unless it is too long for one
   */
  async serve<T>(admission: Admission | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const isOverloaded = error instanceof Problem && error.code === 'overloaded';
      if (!admission || !isOverloaded) throw error;
      if (admission.kind === 'let-in' && !admission.pass.isOpen) throw error;
      if (admission.kind === 'replay') throw inLine(this.line!.again(admission.ticket));
      if (admission.kind === 'costs') throw error;
      const answer = this.line!.displaced(admission.pass);
      throw answer.kind === 'wait' ? inLine(answer.place) : full(answer);
    } finally {
      // Node does not say of a pipelined request that its connection was closed.
      if (admission?.kind === 'let-in') this.line!.answered(admission.pass);
    }
  }

  /** The place in the line that a sign-up has paid for. */
  enter({ request }: Extract<Admission, { kind: 'costs' }>): Problem {
    const answer = this.line!.enter(request);
    if (answer.kind === 'full') return full(answer);
    this.noteWait();
    return inLine(answer.place);
  }

  /** Notes that a person waits. When a line begins, the other instances learn it at once. */
  noteWait(): void {
    const now = this.clock.ownNow();
    const isNew = now - this.lastWaited > AFTER_MS;
    this.lastWaited = now;
    if (!isNew || !this.line) return;
    this.own = this.line.beat([]);
    this.beat(this.line);
  }

  private beat(line: Line): void {
    if (line.state.length > 0) this.lastWaited = this.clock.ownNow();
    if (this.exchange) {
      this.own = line.beat([]);
      return;
    }
    this.exchange = this.hear(line).finally(() => (this.exchange = undefined));
  }

  private async hear(line: Line): Promise<void> {
    const askedAt = this.clock.ownNow();
    const isHeard = askedAt - this.lastWaited < AFTER_MS;
    const own = isHeard && this.own ? { row: this.own, state: line.state } : undefined;
    try {
      const { rows, now } = await exchangeRows(this.database, own);
      this.setClock(now, askedAt);
      this.own = line.beat(rows);
      this.isDatabaseAway = false;
    } catch (error) {
      this.own = line.beat([]);
      if (this.isDatabaseAway) return;
      this.isDatabaseAway = true;
      this.logger.warn(
        `cannot read the lines of the other instances: ${(error as Error).message}; ` +
          'until that works, this instance counts only its own line',
      );
    }
  }

  /** Before the line begins: a clock that is set back later would leave its first moments in the future. */
  private async readClock(): Promise<void> {
    try {
      const askedAt = this.clock.ownNow();
      const [row] = await this.database.query<{ now: number }>(
        'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
      );
      this.setClock(row!.now, askedAt);
    } catch {
      // The database is away; the beat says so.
    }
  }

  private setClock(databaseMs: number, askedAt: number): void {
    if (askedAt - this.clockSetAt < CLOCK_MS) return;
    this.clockSetAt = askedAt;
    this.clock.correct(databaseMs, askedAt, this.clock.ownNow());
  }

  private observe(line: Line): void {
    const meter = metrics.getMeter('usher.api');
    const gauge = (name: string, description: string, read: () => number) =>
      meter
        .createObservableGauge(name, { description })
        .addCallback((result) => result.observe(read()));
    gauge('usher_line_length', 'People who wait to sign up', () => line.state.length);
    gauge(
      'usher_line_wait_seconds',
      'Expected wait of a person who signs up now',
      () => line.state.waitSeconds,
    );
    gauge(
      'usher_line_returned_ratio',
      'Share of people who came back, of those whose turn came',
      () => line.state.returnedRatio,
    );
  }
}

export const IN_LINE =
  'Many people are signing up now. You have a place in the line: send this request again at turnAt, with the ticket';

/** A place as clients read it. */
export const toPlace = ({ place, turn, waitMs, ticket }: Place): PlaceInLine => ({
  place,
  turnAt: new Date(turn).toISOString(),
  expectedWaitSeconds: waitMs / 1_000,
  ticket,
});

const inLine = (place: Place) =>
  new Problem('overloaded', IN_LINE, {
    retryAfterSeconds: place.retryAfterSeconds,
    place: toPlace(place),
  });

const full = ({ retryAfterSeconds }: { retryAfterSeconds: number }) =>
  new Problem('overloaded', undefined, { retryAfterSeconds });
