import { Logger } from '@nestjs/common';
import { LiveFeed, type Watcher } from './live-feed.js';

const watcher = (userId: string): Watcher => ({ userId });

/** A feed whose queries end when the test says so. */
function slowFeed() {
  const batches: string[][] = [];
  const ends: (() => void)[] = [];
  const feed = new LiveFeed('test', async (watchers) => {
    batches.push(watchers.map(({ userId }) => userId));
    await new Promise<void>((resolve) => ends.push(resolve));
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    feed,
    batches,
    settle: async () => {
      await turn();
      await turn();
    },
    end: async () => {
      ends.shift()!();
      await turn();
      await turn();
    },
  };
}

describe('a live feed', () => {
  it('asks once for all who come together', async () => {
    const { feed, batches, settle, end } = slowFeed();
    feed.add(watcher('a'));
    feed.add(watcher('b'));
    feed.add(watcher('a'));
    await settle();
    expect(batches).toEqual([['a', 'b', 'a']]);
    await end();
  });

  it('has one query at a time; who becomes due meanwhile shares the next', async () => {
    const { feed, batches, settle, end } = slowFeed();
    feed.add(watcher('a'));
    await settle();
    feed.add(watcher('b'));
    for (let i = 0; i < 100; i++) feed.hint('a');
    await settle();
    expect(batches).toEqual([['a']]);
    await end();
    expect(batches).toEqual([['a'], ['b', 'a']]);
    await end();
  });

  it('asks after a hint for the watchers of that user only', async () => {
    const { feed, batches, settle, end } = slowFeed();
    feed.add(watcher('a'));
    feed.add(watcher('b'));
    await settle();
    await end();
    feed.hint('b');
    feed.hint('nobody who watches');
    await settle();
    expect(batches.at(-1)).toEqual(['b']);
    await end();
  });

  it('forgets whoever has gone, even when they were due', async () => {
    const { feed, batches, settle, end } = slowFeed();
    const [stays, goes] = [watcher('a'), watcher('a')];
    feed.add(stays);
    await settle();
    feed.add(goes);
    feed.remove(goes);
    await end();
    expect(batches).toEqual([['a']]);
    feed.remove(stays);
    feed.hint('a');
    await settle();
    expect(batches).toHaveLength(1);
  });

  it('goes on after a query that failed', async () => {
    Logger.overrideLogger(false);
    let fails = true;
    const told: string[] = [];
    let hasFailed = () => {};
    const failed = new Promise<void>((resolve) => (hasFailed = resolve));
    const feed = new LiveFeed('test', async ([first]) => {
      if (fails) {
        hasFailed();
        throw new Error('the database is away');
      }
      told.push(first!.userId);
    });
    feed.add(watcher('a'));
    await failed;
    fails = false;
    feed.hint('a');
    await feed.stop();
    expect(told).toEqual(['a']);
  });
});
