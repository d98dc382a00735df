import { BrokerSandbox, closedByBroker } from '../support/broker-sandbox.js';

let broker: BrokerSandbox;

beforeAll(async () => {
  broker = await BrokerSandbox.open();
});

afterAll(() => broker.close());

/** Publishes a message for each key, with the key as its body. */
async function publishKeys(exchange: string, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => broker.publish(exchange, key, key)));
}

/** One queue, bound by these keys. */
async function bound(exchange: string, ...keys: string[]): Promise<string> {
  const queue = await broker.queue();
  for (const key of keys) await broker.channel.bindQueue(queue, exchange, key);
  return queue;
}

describe('a topic exchange', () => {
  let exchange: string;

  beforeAll(async () => {
    exchange = await broker.exchange('topic');
  });

  const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join('.');

  // A key of no characters has no word; '.' has two empty ones. `*` is one word, also an empty one;
  // `#` is any number of words, also none.
  it.each<[pattern: string, taken: string[], left: string[]]>([
    ['user.registered.v1', ['user.registered.v1'], ['user.registered', 'user.registered.v1.x', '']],
    ['user.registered.v1', [], ['user.registered.v2', 'User.registered.v1', 'user.registered.v1.']],
    ['user', ['user'], ['user.', '.user', 'users', '']],
    ['', [''], ['.', 'user']],
    ['*', ['user', 'user-registered'], ['', '.', 'user.registered', 'user.']],
    ['*.*', ['a.b', '.', 'a.', '.b'], ['', 'a', 'a.b.c', '..']],
    ['user.*', ['user.registered', 'user.'], ['user', 'user.registered.v1', 'other.registered']],
    ['*.v1', ['user.v1', '.v1'], ['v1', 'user.registered.v1']],
    ['user.*.v1', ['user.registered.v1', 'user..v1'], ['user.v1', 'user.a.b.v1', 'user.*.v2']],
    ['*.registered.*', ['user.registered.v1', '.registered.'], ['registered', 'user.registered']],
    ['#', ['', '.', 'user', 'user.registered.v1', '...', words(20)], []],
    ['user.#', ['user', 'user.', 'user.a', 'user.a.b.c', 'user...'], ['', 'users', 'a.user']],
    ['#.v1', ['v1', '.v1', 'a.v1', 'a.b.c.v1', 'v1.v1'], ['', 'v1.', 'v1.a', 'av1']],
    ['a.#.z', ['a.z', 'a..z', 'a.b.z', 'a.b.c.z', 'a.z.z'], ['a', 'z', 'a.z.', 'az', '.a.z']],
    ['#.a.#', ['a', 'a.a', 'x.a', 'a.x', 'x.y.a.z', '.a.'], ['', 'x', 'x.y', 'xa.x']],
    ['#.#', ['', 'a', 'a.b', '..'], []],
    ['*.#', ['a', 'a.b', '.', 'a.b.c'], ['']],
    ['#.*', ['a', 'a.b', '.', 'a.b.c'], ['']],
    ['*.#.*', ['a.b', 'a.x.y.b', '.'], ['', 'a']],
    ['a.*.#.c', ['a.b.c', 'a.b.x.c', 'a..c', 'a.c.c'], ['a.c', 'a.b', 'b.b.c']],
    ['a.#.b.#.c', ['a.b.c', 'a.x.b.c', 'a.b.b.y.c'], ['a.c', 'a.x.c', 'a.b']],
    ['a*', ['a*'], ['a', 'ab', 'abc']],
    ['#a', ['#a'], ['a', 'x.a']],
    ['*.*.*.*', [words(4)], [words(3), words(5)]],
    [words(30), [words(30)], [words(29), words(31)]],
  ])('takes by %j the keys %j and not %j', async (pattern, taken, left) => {
    const queue = await bound(exchange, pattern);
    await publishKeys(exchange, [...taken, ...left]);
    expect((await broker.takeAll(queue)).toSorted()).toEqual(taken.toSorted());
    await broker.channel.deleteQueue(queue);
  });

  it('takes at most two # in a key as of 4.3.5, and any number before', async () => {
    const channel = await broker.newChannel();
    const queue = await broker.queue();
    const refusal = closedByBroker(channel);
    const bind = () => channel.bindQueue(queue, exchange, '#.a.#.b.#');
    if (broker.since({ '3.10': true, '4.3.5': false })) {
      await bind();
      await publishKeys(exchange, ['a.b', 'x.a.y.b.z', 'b.a']);
      expect((await broker.takeAll(queue)).toSorted()).toEqual(['a.b', 'x.a.y.b.z']);
      await channel.close();
      return;
    }
    await expect(bind()).rejects.toMatchObject({ code: 406 });
    expect((await refusal).message).toContain("'#.a.#.b.#' uses 3 '#' wildcards");
    // A key that cannot be bound can be unbound.
    await broker.channel.unbindQueue(queue, exchange, '#.a.#.b.#');
    // Two words with a # in them are no wildcards.
    await broker.channel.bindQueue(queue, exchange, '##.#.a#.#');
  });

  it('gives a message once to a queue of which several bindings match', async () => {
    const queue = await bound(exchange, 'user.*', 'user.#', '#', 'user.registered');
    await publishKeys(exchange, ['user.registered']);
    expect(await broker.takeAll(queue)).toEqual(['user.registered']);
    await broker.channel.deleteQueue(queue);
  });

  it('gives a copy to every queue that matches', async () => {
    const queues = [
      await bound(exchange, 'user.registered'),
      await bound(exchange, 'user.*'),
      await bound(exchange, '#'),
      await bound(exchange, 'user.deleted'),
    ];
    await publishKeys(exchange, ['user.registered']);
    const taken = await Promise.all(queues.map((queue) => broker.takeAll(queue)));
    expect(taken.map(({ length }) => length)).toEqual([1, 1, 1, 0]);
    for (const queue of queues) await broker.channel.deleteQueue(queue);
  });
});

describe('a direct exchange', () => {
  it('takes the exact key, and wildcards are ordinary characters', async () => {
    const exchange = await broker.exchange('direct');
    const [exact, star] = [await bound(exchange, 'a.b', 'c'), await bound(exchange, 'a.*', '#')];
    await publishKeys(exchange, ['a.b', 'a.b.c', 'c', '', 'a.*', '#']);
    expect((await broker.takeAll(exact)).toSorted()).toEqual(['a.b', 'c']);
    expect((await broker.takeAll(star)).toSorted()).toEqual(['#', 'a.*']);
  });
});

describe('a fanout exchange', () => {
  it('gives every queue a copy, whatever the key', async () => {
    const exchange = await broker.exchange('fanout');
    const queues = [await bound(exchange, ''), await bound(exchange, 'a'), await bound(exchange)];
    await publishKeys(exchange, ['', 'a', 'b']);
    const taken = await Promise.all(queues.map((queue) => broker.takeAll(queue)));
    expect(taken.map((bodies) => bodies.toSorted())).toEqual([['', 'a', 'b'], ['', 'a', 'b'], []]);
  });
});

describe('a headers exchange', () => {
  const asked = { kind: 'mail', size: 2 };

  it.each([
    [{ 'x-match': 'all', ...asked }, { kind: 'mail', size: 2 }, true],
    [{ 'x-match': 'all', ...asked }, { kind: 'mail', size: 2, more: true }, true],
    [{ 'x-match': 'all', ...asked }, { kind: 'mail' }, false],
    [{ 'x-match': 'all', ...asked }, { kind: 'mail', size: 3 }, false],
    [{ 'x-match': 'all', ...asked }, {}, false],
    [asked, { kind: 'mail', size: 2 }, true],
    [asked, { kind: 'mail' }, false],
    [{ 'x-match': 'any', ...asked }, { kind: 'mail', size: 3 }, true],
    [{ 'x-match': 'any', ...asked }, { size: 2 }, true],
    [{ 'x-match': 'any', ...asked }, { kind: 'letter', size: 3 }, false],
    [{ 'x-match': 'any', ...asked }, {}, false],
  ])('bound with %j takes %j: %p', async (binding, headers, taken) => {
    const exchange = await broker.exchange('headers');
    const queue = await broker.queue();
    await broker.channel.bindQueue(queue, exchange, 'ignored', binding);
    await broker.publish(exchange, 'other', 'hello', { headers });
    expect(await broker.takeAll(queue)).toHaveLength(taken ? 1 : 0);
  });
});

it('a headers exchange takes 5.0 for another value than 5 as of 4.0', async () => {
  const exchange = await broker.exchange('headers');
  const queue = await broker.queue();
  await broker.channel.bindQueue(queue, exchange, '', { size: 5 });
  const headers = { size: { '!': 'double', value: 5 } };
  await broker.publish(exchange, '', 'five', { headers });
  const taken = broker.since({ '3.10': ['five'], '4.0': [] });
  await expect(broker.takeAll(queue)).resolves.toEqual(taken);
});

describe('the default exchange', () => {
  it('takes the name of a queue for its key', async () => {
    const [one, other] = [await broker.queue(), await broker.queue()];
    await broker.publish('', one, 'hello');
    expect(await broker.takeAll(one)).toEqual(['hello']);
    expect(await broker.takeAll(other)).toEqual([]);
  });
});

describe('a binding', () => {
  it('is there once, however often it is made', async () => {
    const exchange = await broker.exchange('topic');
    const queue = await bound(exchange, 'a', 'a');
    await publishKeys(exchange, ['a']);
    expect(await broker.takeAll(queue)).toEqual(['a']);
    await broker.channel.unbindQueue(queue, exchange, 'a');
    await publishKeys(exchange, ['a']);
    expect(await broker.takeAll(queue)).toEqual([]);
  });

  it('goes with its queue', async () => {
    const exchange = await broker.exchange('topic');
    const queue = await bound(exchange, 'a');
    await broker.channel.deleteQueue(queue);
    await broker.channel.assertQueue(queue, { durable: true });
    await publishKeys(exchange, ['a']);
    expect(await broker.takeAll(queue)).toEqual([]);
  });
});
