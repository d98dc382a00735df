import { Problem } from '../../http/problem.js';
import { AddressTurns, HashQueue } from './hash-queue.js';

const LONG = 60_000;

const queueOf = (concurrency: number, limit: number, maxWaitMs = LONG) =>
  new HashQueue({ concurrency, limit, maxWaitMs });

/** Jobs that run until the test ends them. */
class Jobs {
  /** The names of the jobs that have begun, in order. */
  readonly begun: string[] = [];
  private readonly ends = new Map<string, { end: () => void; fail: (error: Error) => void }>();

  make(name: string): () => Promise<string> {
    return () => {
      this.begun.push(name);
      return new Promise<string>((resolve, reject) => {
        this.ends.set(name, { end: () => resolve(name), fail: reject });
      });
    };
  }

  end(name: string): void {
    this.ends.get(name)!.end();
  }

  fail(name: string): void {
    this.ends.get(name)!.fail(new Error(`${name} failed`));
  }
}

/** Lets everything happen that is ready to. */
const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

const asProblem = (error: unknown) => error as Problem;

describe('the hash queue', () => {
  it('answers with what the job answers', async () => {
    await expect(queueOf(1, 1).run(async () => 'hashed')).resolves.toBe('hashed');
  });

  it('runs as many jobs at once as it may, and no more', async () => {
    const jobs = new Jobs();
    const queue = queueOf(2, 10);
    const all = ['a', 'b', 'c', 'd'].map((name) => queue.run(jobs.make(name)));
    await settle();

    expect(jobs.begun).toEqual(['a', 'b']);
    expect(queue.depth).toBe(2);

    jobs.end('b');
    await settle();
    expect(jobs.begun).toEqual(['a', 'b', 'c']);

    jobs.end('a');
    await settle();
    jobs.end('c');
    jobs.end('d');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
    expect(queue.depth).toBe(0);
  });

  it('serves in the order of arrival', async () => {
    const jobs = new Jobs();
    const queue = queueOf(1, 10);
    const names = ['a', 'b', 'c', 'd', 'e'];
    const all = names.map((name) => queue.run(jobs.make(name)));
    for (const name of names) {
      await settle();
      jobs.end(name);
    }
    await Promise.all(all);

    expect(jobs.begun).toEqual(names);
  });

  it('lets nobody slip in before those who wait', async () => {
    const jobs = new Jobs();
    const queue = queueOf(1, 10);
    const first = queue.run(jobs.make('first'));
    const waiting = queue.run(jobs.make('waiting'));
    await settle();
    jobs.end('first');
    await first;
    const late = queue.run(jobs.make('late'));
    await settle();

    expect(jobs.begun).toEqual(['first', 'waiting']);
    jobs.end('waiting');
    await settle();
    jobs.end('late');
    await Promise.all([waiting, late]);
  });

  it('refuses at once when there is no place left to wait, and says when to come back', async () => {
    const jobs = new Jobs();
    const queue = queueOf(1, 1);
    const accepted = [queue.run(jobs.make('a')), queue.run(jobs.make('b'))];
    const refusal = asProblem(await queue.run(jobs.make('c')).catch((error: unknown) => error));

    expect(refusal).toBeInstanceOf(Problem);
    expect(refusal).toMatchObject({ code: 'overloaded', status: 503, retryAfterSeconds: 1 });

    jobs.end('a');
    await settle();
    jobs.end('b');
    await Promise.all(accepted);
    expect(jobs.begun).toEqual(['a', 'b']);
  });

  it('refuses whoever has waited too long, and passes the turn on to the next', async () => {
    const jobs = new Jobs();
    const queue = queueOf(1, 2, 20);
    const running = queue.run(jobs.make('a'));

    await expect(queue.run(jobs.make('b'))).rejects.toMatchObject({ code: 'overloaded' });
    expect(queue.depth).toBe(0);

    const next = queue.run(jobs.make('c'));
    jobs.end('a');
    await running;
    await settle();
    jobs.end('c');
    await expect(next).resolves.toBe('c');
    expect(jobs.begun).toEqual(['a', 'c']);
  });

  it.each<[string, () => Promise<never>]>([
    ['rejected', () => Promise.reject(new Error('boom'))],
    [
      'threw',
      () => {
        throw new Error('boom');
      },
    ],
  ])('frees the slot of a job that %s', async (_how, job) => {
    const queue = queueOf(1, 0);
    await expect(queue.run(job)).rejects.toThrow('boom');

    await expect(queue.run(async () => 'next')).resolves.toBe('next');
  });

  it('hands the slot of a job that failed to the next in line', async () => {
    const jobs = new Jobs();
    const queue = queueOf(1, 1);
    const failing = queue.run(jobs.make('a'));
    const next = queue.run(jobs.make('b'));
    await settle();
    jobs.fail('a');
    await expect(failing).rejects.toThrow('a failed');
    await settle();
    jobs.end('b');

    await expect(next).resolves.toBe('b');
  });
});

describe('the turns of an address', () => {
  it('come one after the other, in the order of arrival', async () => {
    const jobs = new Jobs();
    const turns = new AddressTurns();
    const names = ['a', 'b', 'c'];
    const all = names.map((name) => turns.run('mike@example.com', jobs.make(name)));

    for (const [index, name] of names.entries()) {
      await settle();
      expect(jobs.begun).toEqual(names.slice(0, index + 1));
      jobs.end(name);
    }
    expect(await Promise.all(all)).toEqual(names);
  });

  it('do not hold up other addresses', async () => {
    const jobs = new Jobs();
    const turns = new AddressTurns();
    const all = [
      turns.run('mike@example.com', jobs.make('mike')),
      turns.run('mike@example.com', jobs.make('mike again')),
      turns.run('eve@example.com', jobs.make('eve')),
    ];
    await settle();

    expect(jobs.begun).toEqual(['mike', 'eve']);
    jobs.end('mike');
    jobs.end('eve');
    await settle();
    jobs.end('mike again');
    await Promise.all(all);
  });

  it('hold one place in the hash queue together, so that a crowd pushes nobody out', async () => {
    const jobs = new Jobs();
    const turns = new AddressTurns();
    const queue = queueOf(1, 1);
    const crowd = Array.from({ length: 100 }, (_, i) =>
      turns.run('mike@example.com', () => queue.run(jobs.make(`mike ${i}`))),
    );
    const eve = turns.run('eve@example.com', () => queue.run(jobs.make('eve')));
    await settle();

    expect(queue.depth).toBe(1);
    jobs.end('mike 0');
    await settle();
    expect(jobs.begun).toEqual(['mike 0', 'eve']);

    jobs.end('eve');
    for (let i = 1; i < 100; i++) {
      await settle();
      jobs.end(`mike ${i}`);
    }
    await eve;
    expect(await Promise.all(crowd)).toHaveLength(100);
  });

  it('go on after one that failed', async () => {
    const jobs = new Jobs();
    const turns = new AddressTurns();
    const failing = turns.run('mike@example.com', jobs.make('a'));
    const next = turns.run('mike@example.com', jobs.make('b'));
    await settle();
    jobs.fail('a');
    await expect(failing).rejects.toThrow('a failed');
    await settle();
    jobs.end('b');

    await expect(next).resolves.toBe('b');
    await expect(turns.run('mike@example.com', async () => 'c')).resolves.toBe('c');
  });

  it('are refused when a thousand wait for the same address', async () => {
    const jobs = new Jobs();
    const turns = new AddressTurns();
    const first = turns.run('mike@example.com', jobs.make('first'));
    const waiting = Array.from({ length: 1_000 }, () =>
      turns.run('mike@example.com', async () => 'served'),
    );

    await expect(turns.run('mike@example.com', async () => 'one too many')).rejects.toMatchObject({
      code: 'overloaded',
    });
    jobs.end('first');
    await first;
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['served']));
  });
});
