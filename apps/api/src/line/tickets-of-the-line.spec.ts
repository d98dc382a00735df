import { TestLine } from './line.fixture.js';

describe('a ticket of the line', () => {
  let test: TestLine;

  beforeEach(() => {
    test = new TestLine();
    for (let index = 0; index < 300; index++) test.wait({ network: `${index}` });
  });

  const atItsTurn = (network = 'a person') => {
    const { turn, ticket } = test.wait({ network });
    test.passUntil(turn);
    test.places = 10;
    return ticket;
  };

  it('is renewed by a look, with place and turn', () => {
    const given = test.wait();
    test.passSeconds(10);
    const seen = test.line.look(given.ticket)!;

    expect(seen.place).toBeLessThan(given.place);
    expect(seen.waitMs).toBeLessThan(given.waitMs);
    expect(seen.turn).toBe(test.clock.now() + seen.waitMs);
    expect(test.line.look(seen.ticket)).toEqual(seen);
  });

  it('has place 0 from its turn on', () => {
    const ticket = atItsTurn();

    expect(test.line.look(ticket)).toMatchObject({ place: 0, waitMs: 0 });
    test.clock.pass(60_000);
    expect(test.line.look(ticket)).toMatchObject({ place: 0, waitMs: 0 });
  });

  it('is unknown when it is forged, spent or expired', () => {
    const ticket = atItsTurn();
    expect(test.line.look('forged')).toBeUndefined();
    test.line.began(test.enter({ ticket }), false);
    expect(test.line.look(ticket)).toBeUndefined();

    const another = test.wait({ network: 'another' }).ticket;
    expect(test.line.look(another)).toBeDefined();
    test.clock.pass(1_000_000);
    expect(test.line.look(another)).toBeUndefined();
  });

  it('is spent when its hash begins, and good for the same request then', () => {
    const ticket = atItsTurn();
    const pass = test.enter({ ticket, idempotencyKey: 'key' });
    test.line.began(pass, false);
    test.line.answered(pass);

    expect(test.ask({ ticket, idempotencyKey: 'key' }).kind).toBe('replay');
    expect(test.wait({ ticket, idempotencyKey: 'another' }).ticket).not.toBe(ticket);
  });

  it('stays good when the answer comes before the hash, five times', () => {
    const ticket = atItsTurn();
    for (let answer = 1; answer <= 5; answer++) test.line.answered(test.enter({ ticket }));

    expect(test.ask({ ticket }).kind).not.toBe('let-in');
  });

  it('belongs to the first of two requests; the other counts as a newcomer', () => {
    const ticket = atItsTurn();
    test.enter({ ticket });
    const other = test.wait({ ticket });

    expect(other.place).toBeGreaterThan(1);
  });

  it('is not needed for a return from its network at or after its turn', () => {
    const { turn, place } = test.wait({ network: 'a household' });
    test.places = 10;
    test.passUntil(turn - 3_000);
    expect(test.wait({ network: 'another' }).place).toBeGreaterThan(1);
    test.passUntil(turn);
    const pass = test.enter({ network: 'a household' });

    expect(place).toBeGreaterThan(200);
    expect(pass.arrival).toBeLessThan(turn - 20_000);
    expect(test.ask({ network: 'a household' }).kind).toBe('wait');
  });

  it('keeps its place for such a return that is answered before its hash', () => {
    const { turn } = test.wait({ network: 'a household' });
    test.places = 10;
    test.passUntil(turn);
    const { arrival } = test.answer(test.enter({ network: 'a household' }));

    expect(test.enter({ network: 'a household' }).arrival).toBe(arrival);
  });

  it('keeps its place for such a return when the door is full', () => {
    const { turn } = test.wait({ network: 'a household' });
    test.passUntil(turn);
    const again = test.wait({ network: 'a household' });
    test.places = 10;
    test.passUntil(again.turn);

    expect(test.enter({ network: 'a household' }).arrival).toBeLessThan(turn - 20_000);
  });

  it('is worth its place after the instance has started again, without a database', () => {
    const { turn, ticket, place } = test.wait();
    test.clock.pass(5_000);
    const next = new TestLine({ clock: test.clock, instance: 'next' });
    const seen = next.line.look(ticket)!;

    expect(place).toBeGreaterThan(250);
    expect(Math.abs(seen.turn - turn)).toBeLessThan(2_000);
    expect(next.wait({ network: 'a newcomer' }).turn).toBeGreaterThan(seen.turn - 1_000);
  });
});

describe('the line behind one address', () => {
  const turnsOf = (test: TestLine, count: number) =>
    Array.from({ length: count }, () => test.ask({ network: 'a school' }));

  it('gives later turns above the rate, even while nobody waits', () => {
    const test = new TestLine({ signUpRate: { count: 3, perMs: 60_000 } });
    test.places = 10;
    const answers = turnsOf(test, 5);

    expect(answers.map(({ kind }) => kind)).toEqual(['let-in', 'let-in', 'let-in', 'wait', 'wait']);
    const waits = answers.map((answer) => (answer.kind === 'wait' ? answer.place.waitMs : 0));
    expect(waits.slice(3)).toEqual([20_000, 40_000]);
    expect(test.enter({ network: 'somebody else' })).toBeDefined();
  });

  it('never counts a ticket at its turn again', () => {
    const test = new TestLine({ signUpRate: { count: 1, perMs: 60_000 } });
    test.places = 10;
    test.enter({ network: 'a school' });
    const { ticket, turn } = test.wait({ network: 'a school' });
    test.passUntil(turn);

    expect(test.enter({ ticket, network: 'a school' })).toBeDefined();
    test.passUntil(turn + 60_000);
    expect(test.enter({ network: 'a school' })).toBeDefined();
  });

  it('does not count a sign-up that the full line refused', () => {
    const test = new TestLine({ signUpRate: { count: 1, perMs: 60_000 }, limitMs: 90_000 });
    test.places = 10;
    const kinds = turnsOf(test, 20).map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(['let-in', 'wait', 'full']);
    test.clock.pass(120_000);

    expect(turnsOf(test, 2)[1]!.kind).toBe('let-in');
  });
});
