import { Problem, type PlaceInLine } from '../../api/problem.js';
import { throughTheLine, type Place } from './through-the-line.js';

const overloaded = (waitMs = 100_000) =>
  new Problem('overloaded', '', [], waitMs / 1_000, { place: 5, waitMs, ticket: 'first' });

/** A person in the line, whose time is the test's. */
class Person {
  readonly sent: (string | undefined)[] = [];
  readonly looked: string[] = [];
  readonly waits: number[] = [];
  readonly places: (number | undefined)[] = [];
  readonly kept: (string | undefined)[] = [];
  /** What is answered, one after the other; nothing is an account. */
  answers: (Problem | undefined)[] = [];
  looks: (PlaceInLine | Problem | undefined)[] = [];
  private now = 0;

  /** @param first what the first attempt was answered */
  async wait(first: Problem, ticket?: string): Promise<void> {
    const realNow = performance.now.bind(performance);
    performance.now = () => this.now;
    try {
      await throughTheLine(first, {
        ticket,
        signUp: async (each) => {
          this.sent.push(each);
          const answer = this.answers.shift();
          if (answer) throw answer;
        },
        look: async (each) => {
          this.looked.push(each);
          const found = this.looks.shift();
          if (found instanceof Problem) throw found;
          return found;
        },
        onTicket: (each) => this.kept.push(each),
        onPlace: ({ place }: Place) => this.places.push(place),
        wait: async (ms) => {
          this.waits.push(Math.round(ms));
          this.now += ms;
        },
        random: () => 0,
      });
    } finally {
      performance.now = realNow;
    }
  }
}

describe('somebody who has to wait', () => {
  let person: Person;
  beforeEach(() => void (person = new Person()));

  it('looks at half of the wait, not more often than every 15 s, and comes at the turn', async () => {
    person.looks = [
      { place: 3, waitMs: 40_000, ticket: 'second' },
      { place: 1, waitMs: 12_000, ticket: 'third' },
    ];
    await person.wait(overloaded());
    expect(person.waits).toEqual([50_000, 20_000, 12_000]);
    expect(person.looked).toEqual(['first', 'second']);
    expect(person.places).toEqual([5, 3, 1]);
    expect(person.sent).toEqual(['third']);
    expect(person.kept.at(-1)).toBeUndefined();
  });

  it('comes at once when the place is 0', async () => {
    person.looks = [{ place: 0, waitMs: 0, ticket: 'second' }];
    await person.wait(overloaded());
    expect(person.waits).toEqual([50_000]);
    expect(person.sent).toEqual(['second']);
  });

  it('comes without a ticket that is good for nothing any more', async () => {
    person.looks = [undefined];
    await person.wait(overloaded());
    expect(person.sent).toEqual([undefined]);
  });

  it('keeps its ticket while the server cannot be reached, and comes again', async () => {
    person.answers = [new Problem('network', '')];
    await person.wait(overloaded(5_000));
    expect(person.waits).toEqual([5_000, 1_000]);
    expect(person.sent).toEqual(['first', 'first']);
  });

  it('counts on the turn that it knows while its place cannot be asked for', async () => {
    person.looks = Array.from({ length: 3 }, () => new Problem('network', ''));
    await person.wait(overloaded());
    expect(person.waits.reduce((sum, ms) => sum + ms)).toBe(100_000);
    expect(person.sent).toEqual(['first']);
  });

  it('gets another turn when it is not served at the first', async () => {
    person.answers = [overloaded(2_000)];
    await person.wait(overloaded(5_000));
    expect(person.waits).toEqual([5_000, 2_000]);
    expect(person.sent).toEqual(['first', 'first']);
  });

  it('comes again by itself when the line is full', async () => {
    await person.wait(new Problem('overloaded', '', [], 90));
    expect(person.waits).toEqual([90_000]);
    expect(person.places).toEqual([undefined]);
  });

  it('comes again with the ticket of before a reload when the server could not be reached', async () => {
    await person.wait(new Problem('network', ''), 'kept');
    expect(person.waits).toEqual([1_000]);
    expect(person.sent).toEqual(['kept']);
  });

  it('gets any other answer, and keeps the ticket', async () => {
    person.answers = [new Problem('validation_failed', '')];
    await expect(person.wait(overloaded(5_000))).rejects.toMatchObject({
      code: 'validation_failed',
    });
    expect(person.kept.at(-1)).toBe('first');
  });
});
