import type { Pass } from './answer.js';
import { TestClock } from './clock.fixture.js';
import { LetIn, ON_THE_WAY_MS } from './let-in.js';

describe('those who were let in', () => {
  const pass = () => ({}) as Pass;
  let clock: TestClock;
  let letIn: LetIn;

  beforeEach(() => {
    clock = new TestClock();
    letIn = new LetIn(clock);
  });

  it('take a place each, until their hash begins', () => {
    const [first, second] = [pass(), pass()];
    letIn.add(first);
    letIn.add(second);
    letIn.came(second);
    expect(letIn.count).toBe(2);
    letIn.remove(first);
    letIn.remove(second);
    expect(letIn.count).toBe(0);
  });

  it('take none any more when their request does not come', () => {
    letIn.add(pass());
    clock.pass(ON_THE_WAY_MS - 1);
    letIn.add(pass());
    expect(letIn.count).toBe(2);
    clock.pass(1);
    expect(letIn.count).toBe(1);
  });

  it('take one again when it comes late, for as long as it waits', () => {
    const late = pass();
    letIn.add(late);
    clock.pass(ON_THE_WAY_MS);
    expect(letIn.count).toBe(0);
    letIn.came(late);
    clock.pass(10 * ON_THE_WAY_MS);
    expect(letIn.count).toBe(1);
  });
});
