import { TestClock } from './clock.fixture.js';
import { CorrectedClock } from './clock.js';

describe('a corrected clock', () => {
  it('uses its own time until the database has answered', () => {
    const own = new TestClock();
    expect(new CorrectedClock(own).now()).toBe(own.now());
  });

  it('takes the database time as of halfway between question and answer', () => {
    const own = new TestClock();
    const clock = new CorrectedClock(own);
    const asked = clock.ownNow();
    own.pass(100);
    clock.correct(asked + 7_050, asked, clock.ownNow());

    expect(clock.now()).toBe(own.now() + 7_000);
    own.pass(60_000);
    expect(clock.now()).toBe(own.now() + 7_000);
  });

  it('computes each correction from its own time', () => {
    const own = new TestClock();
    const clock = new CorrectedClock(own);
    clock.correct(own.now() + 7_000, own.now(), own.now());
    clock.correct(own.now() + 8_000, clock.ownNow(), clock.ownNow());

    expect(clock.now()).toBe(own.now() + 8_000);
  });
});
