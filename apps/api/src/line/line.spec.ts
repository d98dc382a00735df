import { TestLine } from './line.fixture.js';

describe('the line', () => {
  let test: TestLine;
  beforeEach(() => void (test = new TestLine()));

  it('lets everybody in while there are places and there is no line', () => {
    test.places = 2;
    expect(test.enter().ticket).toBeUndefined();
    expect(test.enter().arrival).toBe(test.clock.now());
    expect(test.ask().kind).toBe('wait');
  });

  it('gives places from 1, and turns in their order', () => {
    const places = Array.from({ length: 50 }, (_, index) => test.wait({ network: `${index}` }));

    expect(places[0]!.place).toBe(1);
    expect(places[49]!.place).toBeGreaterThan(40);
    expect(places[49]!.place).toBeLessThanOrEqual(50);
    const turns = places.map(({ turn }) => turn);
    expect(turns).toEqual(turns.toSorted((a, b) => a - b));
    // Ten a second, of whom nine are expected to come.
    expect(places[49]!.waitMs).toBeGreaterThan(3_500);
    expect(places[49]!.waitMs).toBeLessThan(4_200);
    expect(places[49]!.retryAfterSeconds).toBe(4);
  });

  it('lets no newcomer pass while somebody waits', () => {
    const first = test.wait();
    test.places = 10;
    expect(test.ask({ network: 'another' }).kind).toBe('wait');

    test.passUntil(first.turn);
    test.line.began(test.enter({ ticket: first.ticket }), false);
    expect(test.wait({ network: 'one more' }).place).toBeLessThanOrEqual(2);
  });

  it('is over when everybody has come', () => {
    const { turn, ticket } = test.wait();
    test.places = 10;
    test.passUntil(turn);
    test.line.began(test.enter({ ticket }), false);

    expect(test.line.state).toMatchObject({ length: 0, waitSeconds: 0 });
    expect(test.enter({ network: 'another' }).ticket).toBeUndefined();
  });

  it('does not begin for others because a network has used up its rate', () => {
    test = new TestLine({ signUpRate: { count: 1, perMs: 500 } });
    test.places = 10;
    test.enter({ network: 'a school' });
    const { place, waitMs } = test.wait({ network: 'a school' });

    expect([place, waitMs]).toEqual([10, 1_000]);
    expect(test.enter({ network: 'another' }).ticket).toBeUndefined();
  });

  it('is over soon after the last turn if no one comes', () => {
    for (let index = 0; index < 30; index++) test.wait({ network: `${index}` });
    test.places = 10;
    expect(test.ask({ network: 'another' }).kind).toBe('wait');
    test.passSeconds(8);

    expect(test.enter({ network: 'one more' }).ticket).toBeUndefined();
  });

  it('lets a ticket in at its turn, with the arrival that it has', () => {
    const arrival = test.clock.now();
    const { turn, ticket } = test.wait();
    test.places = 1;
    test.passUntil(turn);

    expect(test.enter({ ticket }).arrival).toBe(arrival);
  });

  it('gives a ticket that comes more than two seconds early the same place and a new turn', () => {
    const arrival = test.clock.now();
    const places = Array.from({ length: 100 }, (_, index) => test.wait({ network: `${index}` }));
    test.places = 1;
    const { turn, ticket, place } = places.at(-1)!;
    test.passUntil(turn - 2_500);
    // Those before it were slower than was thought.
    const again = test.wait({ ticket });

    expect(again.place).toBeLessThanOrEqual(place);
    test.passUntil(again.turn - 1_900);
    expect(test.enter({ ticket: again.ticket }).arrival).toBe(arrival);
  });

  it('lets a ticket in that comes late, before everybody who came after it', () => {
    const early = test.wait({ network: 'early' });
    test.passSeconds(30);
    test.newestAtDoor = test.clock.now();

    expect(test.enter({ ticket: early.ticket }).arrival).toBeLessThan(test.newestAtDoor);
  });

  it('gives a new turn when the door is full of older ones', () => {
    const { turn, ticket } = test.wait();
    test.passUntil(turn);
    const again = test.wait({ ticket });

    expect(again.turn).toBeGreaterThanOrEqual(test.clock.now() + 1_000);
    test.places = 1;
    test.passUntil(again.turn);
    expect(test.enter({ ticket: again.ticket })).toBeDefined();
  });

  it('gives a person who is displaced at the door the same place and a new turn', () => {
    const { turn, ticket } = test.wait();
    test.places = 1;
    test.passUntil(turn);
    const pass = test.enter({ ticket });
    const answer = test.line.displaced(pass);

    expect(answer).toMatchObject({ kind: 'wait', place: { place: 1 } });
    test.clock.pass(1_000);
    expect(test.enter({ ticket }).arrival).toBe(pass.arrival);
  });

  it('gives a newcomer who is displaced a place as of the arrival', () => {
    test.places = 1;
    const pass = test.enter();
    test.clock.pass(300);
    const answer = test.line.displaced(pass);
    if (answer.kind !== 'wait') throw new Error(answer.kind);
    test.passUntil(answer.place.turn);

    expect(test.enter({ ticket: answer.place.ticket }).arrival).toBe(pass.arrival);
  });

  it('tells those beyond its limit to come again in one to two minutes, and gives them no ticket', () => {
    test = new TestLine({ limitMs: 10_000 });
    let answer = test.ask();
    for (let index = 0; index < 200 && answer.kind === 'wait'; index++) {
      answer = test.ask({ network: `${index}` });
    }
    if (answer.kind !== 'full') throw new Error(answer.kind);

    expect(answer.retryAfterSeconds).toBeGreaterThanOrEqual(60);
    expect(answer.retryAfterSeconds).toBeLessThanOrEqual(120);
    // Ten a second for ten seconds, of whom one in ten does not come.
    expect(test.line.state.length).toBeGreaterThan(95);
    expect(test.line.state.length).toBeLessThan(115);
  });

  it('calls sooner when few come back, and lets in whose turn has come sooner', () => {
    const places = Array.from({ length: 1_000 }, (_, index) => test.wait({ network: `${index}` }));
    test.places = 1;
    const last = places.at(-1)!;
    // Every second one of them comes.
    for (let index = 0; index < 400; index += 2) {
      test.passUntil(places[index]!.turn);
      if (index % 20 === 0) test.line.beat([]);
      test.line.began(test.enter({ ticket: places[index]!.ticket }), false);
    }
    const again = test.line.look(last.ticket)!;

    expect(test.line.state.returnedRatio).toBeLessThan(0.6);
    expect(again.turn).toBeLessThan(last.turn - 15_000);
    test.passUntil(again.turn);
    expect(test.enter({ ticket: last.ticket })).toBeDefined();
  });

  it('lets a place cost something while those in it are bots', () => {
    test = new TestLine({ mayCost: true });
    const places = Array.from({ length: 1_000 }, (_, index) => test.wait({ network: `${index}` }));
    test.places = 1;
    expect(test.ask({ network: 'another' }).kind).toBe('wait');
    for (let index = 0; index < 500; index += 1) {
      test.passUntil(places[index]!.turn);
      if (index % 10 > 0) continue;
      test.line.beat([]);
      test.line.began(test.enter({ ticket: places[index]!.ticket }), false);
    }
    test.places = 0;
    const answer = test.ask({ network: 'a third' });
    if (answer.kind !== 'costs') throw new Error(`it is ${answer.kind}`);
    expect(test.line.enter(answer.request)).toMatchObject({ kind: 'wait' });
    // Those who have a ticket go on as before.
    expect(test.ask({ ticket: places.at(-1)!.ticket }).kind).toBe('wait');
  });
});
