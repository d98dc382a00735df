import type { Answer, Pass, Place, Request } from './answer.js';
import { TestClock } from './clock.fixture.js';
import { Line } from './line.js';
import type { LineOptions } from './line-options.js';

/** A line of one instance whose door has as many places as the test says. */
export class TestLine {
  readonly clock: TestClock;
  readonly line: Line;
  places = 0;
  newestAtDoor = -Infinity;

  constructor(options: Partial<LineOptions> & { clock?: TestClock } = {}) {
    this.clock = options.clock ?? new TestClock();
    this.line = new Line(
      {
        instance: 'own',
        key: Buffer.alloc(32, 'a'),
        limitMs: 900_000,
        signUpRate: 'off',
        mayCost: false,
        guessPerSecond: 10,
        random: Math.random,
        ...options,
        clock: this.clock,
      },
      {
        admitsSignUp: (arrival, letIn) => letIn < this.places || arrival < this.newestAtDoor,
        places: Infinity,
        mostPerSecond: Infinity,
      },
    );
  }

  ask(request: Partial<Request> = {}): Answer {
    const newcomer = { ticket: undefined, idempotencyKey: undefined, network: 'a network' };
    return this.line.ask({ ...newcomer, ...request });
  }

  /** Asks, and has to wait. */
  wait(request: Partial<Request> = {}): Place {
    const answer = this.ask(request);
    if (answer.kind !== 'wait') throw new Error(`expected to wait, but: ${answer.kind}`);
    return answer.place;
  }

  /** Asks, and is let in. */
  enter(request: Partial<Request> = {}): Pass {
    const answer = this.ask(request);
    if (answer.kind !== 'let-in') throw new Error(`expected to be let in, but: ${answer.kind}`);
    return answer.pass;
  }

  /** It is answered before its hash begins. */
  answer(pass: Pass): Pass {
    this.line.answered(pass);
    return pass;
  }

  passUntil(time: number): void {
    this.clock.pass(Math.max(0, time - this.clock.now()));
  }

  /** Moves the clock, and calls beat once a second as the app does. */
  passSeconds(seconds: number): void {
    for (let i = 0; i < seconds; i++) {
      this.clock.pass(1_000);
      this.line.beat([]);
    }
  }
}
