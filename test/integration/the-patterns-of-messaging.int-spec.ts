import { connect, type Channel } from 'amqplib';
import { readFileSync } from 'node:fs';
import { EXAMPLES } from '../../tools/embedded-stack/src/examples.js';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { given } from '../support/environment.js';
import { example, restart, withoutBroker } from '../support/example.js';

/** How to restart the broker of RABBITMQ_URL, where `npm test` has started a RabbitMQ of its own. */
const rabbitmqctl = process.env['RABBITMQ_CTL'];
const page = readFileSync(`${root}docs/messaging-patterns.md`, 'utf8');
const RESTART_TIMEOUT_MS = 90_000;

/** What the page shows of a run, by its command line. */
const shown = new Map(
  [...page.matchAll(/```text\n\$ (.+)\n([^`]+)```/g)].map(([, command, output]) => [
    command!,
    output!,
  ]),
);

const runs = new Map<string, Promise<string>>();
/** The lines that an example prints; it is run once for all who ask. */
async function lines(name: string): Promise<string[]> {
  if (!runs.has(name)) runs.set(name, run(name));
  return (await runs.get(name)!).split('\n');
}

async function run(name: string): Promise<string> {
  const { code, stdout, stderr } = await example([name]);
  expect({ name, code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}

/** What follows a word in the line in which it stands. */
const after = (all: readonly string[], word: string) =>
  all
    .find((line) => line.includes(word))
    ?.split(word)[1]
    ?.trim();

describe('npm run example', () => {
  it('lists all examples with what each is about', async () => {
    const { code, stdout } = await example([]);
    expect(code).toBe(0);
    for (const [name, purpose] of Object.entries(EXAMPLES))
      expect(stdout).toMatch(
        new RegExp(`^  ${name} +${purpose.replaceAll(/[*()]/g, '\\$&')}$`, 'm'),
      );
  });

  it.each([
    ['an unknown name', ['topics'], "there is no example 'topics'"],
    ['a name of every object', ['constructor'], "there is no example 'constructor'"],
    ['more than one name', ['topic', 'rpc'], "'rpc' is too much"],
  ])('refuses %s, and lists what there is', async (_, args, problem) => {
    const { code, stdout, stderr } = await example(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).toContain('hello-world');
  });

  it('starts a broker of its own when none is named', async () => {
    const { code, stdout, stderr } = await example(['hello-world'], { env: withoutBroker() });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: shown.get('npm run example -- hello-world'),
    });
    expect(stderr).toContain('on the embedded broker, in memory');
  });

  it('names the broker that it cannot reach, and not the password', async () => {
    const env = { ...process.env, RABBITMQ_URL: 'amqp://me:secret@127.0.0.1:1' };
    const { code, stderr } = await example(['topic'], { env });
    expect(code).toBe(1);
    expect(stderr).toContain('no connection to 127.0.0.1:1: connect ECONNREFUSED');
    expect(stderr).not.toContain('secret');
  });
});

describe('an example', () => {
  const names = Object.keys(EXAMPLES).filter((name) => name !== 'persistence');

  it.each(names)('%s prints what the page shows', async (name) => {
    expect(await lines(name)).toEqual(shown.get(`npm run example -- ${name}`)!.split('\n'));
  });

  it('is not disturbed by what an interrupted run has left', async () => {
    const connection = await connect(given('RABBITMQ_URL'));
    const channel = await connection.createConfirmChannel();
    const queue = 'example.ordered-processing';
    await channel.assertQueue(queue, { durable: true }); // Even with other arguments.
    channel.sendToQueue(queue, Buffer.from('stray'), { persistent: true });
    await channel.waitForConfirms();
    await connection.close();
    expect((await run('ordered-processing')).split('\n')).toEqual(
      await lines('ordered-processing'),
    );
  });

  it('leaves no queue and no exchange behind', async () => {
    const printed = await Promise.all(names.map(lines));
    const found = new Set(
      printed.flat().flatMap((line) => line.match(/example\.[a-z0-9.-]+\w/g) ?? []),
    );
    expect(found.size).toBeGreaterThan(names.length);
    const connection = await connect(given('RABBITMQ_URL'));
    const isMissing = async (check: (channel: Channel) => Promise<unknown>) => {
      const channel = await connection.createChannel();
      channel.on('error', () => undefined); // The rejected call says why.
      await expect(check(channel)).rejects.toMatchObject({ code: 404 });
    };
    for (const name of found) {
      await isMissing((channel) => channel.checkQueue(name));
      await isMissing((channel) => channel.checkExchange(name));
    }
    await connection.close();
  });
});

describe('hello world', () => {
  it('reaches the consumer, and a queue that is not there gives the message back', async () => {
    const all = await lines('hello-world');
    expect(after(all, 'consumer')).toBe("received 'Hello, world' from example.hello-world");
    expect(after(all, 'got')).toBe("'Is anybody there?' back: there is no example.no-such-queue");
  });
});

describe('a work queue', () => {
  /** The jobs that somebody has done or has in hand, in each of the two rounds. */
  const jobs = async (worker: string) =>
    (await lines('work-queue'))
      .filter((line) => line.startsWith(worker))
      .map((line) => line.match(/\d+/g)!.map(Number));

  it('without a limit leaves half of the jobs with the slow worker, and the fast one idle', async () => {
    const [[fast], [slow]] = [await jobs('fast worker'), await jobs('slow worker')];
    expect(fast).toHaveLength(5);
    expect(slow).toHaveLength(5);
    expect([...fast!, ...slow!].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('with a prefetch of 1 leaves nothing behind the slow worker', async () => {
    const [[, fast], [, slow]] = [await jobs('fast worker'), await jobs('slow worker')];
    expect(fast).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(slow).toEqual([1]);
  });
});

describe('a broadcast', () => {
  it('reaches all who listen then, and nobody who comes later', async () => {
    const all = await lines('broadcast');
    const both = "received 'prices have changed', 'closed on Monday'";
    expect(['1', '2', '3'].map((index) => after(all, `listener ${index}`))).toEqual([
      both,
      both,
      "received 'closed on Monday'",
    ]);
  });
});

describe('a direct exchange', () => {
  it('compares the whole key', async () => {
    const all = await lines('direct');
    expect(after(all, 'on-call received')).toBe('error');
    expect(after(all, 'archive received')).toBe('info, warning, error');
    expect(after(all, 'got')).toBe("'debug' back: no binding");
  });
});

describe('a topic exchange', () => {
  /** The copies by key, in the order of the bindings. */
  const copies = async () => {
    const table = (await lines('topic')).map((line) => line.split(/ {2,}/));
    return new Map(table.map(([key, ...cells]) => [key!, cells.join('')]));
  };

  it('takes * for exactly one word and # for any number, also none', async () => {
    const [, header] = await lines('topic');
    expect(header!.trim().split(/ {2,}/)).toEqual([
      'user.*.v1',
      'user.#',
      '*.*.v2',
      '#.v1',
      'user.joined.v1',
      'user.*.v1 + user.#',
      '#',
    ]);
    expect(Object.fromEntries(await copies())).toMatchObject({
      user: '-1---11',
      'user.joined.v1': '11-1111',
      'user.joined.v2': '-11--11',
      'user.left.v1': '11-1-11',
      'user.address.moved.v1': '-1-1-11',
      'order.placed.v2': '--1---1',
    });
  });
});

describe('a headers exchange', () => {
  it('asks for all of the headers of a binding, or for any', async () => {
    const all = await lines('headers');
    const [matchAll, matchAny] = ['x-match=all', 'x-match=any'].map((match) =>
      all.findIndex((line) => line.includes(match)),
    ) as [number, number];
    const received = (from: number, to?: number) =>
      all.slice(from + 1, to).flatMap((line) => /received '(.+)'/.exec(line)?.[1] ?? []);
    expect(received(matchAll, matchAny)).toEqual(['channel=mail locale=zh-CN']);
    expect(received(matchAny)).toEqual([
      'channel=mail locale=zh-CN',
      'channel=mail locale=en',
      'channel=inbox locale=zh-CN urgent=true',
    ]);
    expect(after(all, 'got')).toBe("'channel=inbox locale=en' back: no binding");
  });
});

describe('a request', () => {
  it('is answered, or given up at its deadline; a late answer is dropped, an unread question expires', async () => {
    const all = (await lines('rpc')).map((line) => line.replace(/ {2,}/, ': '));
    const round = (question: string) =>
      all.slice(all.indexOf(`client: ${question} to example.rpc`));
    expect(round('2+3').slice(1, 3)).toEqual(['server: 2+3 = 5', 'client: received 5']);
    expect(round('20+30').slice(1, 4)).toEqual([
      'client: no answer within 500 ms: goes on without',
      'server: 20+30 = 50',
      'client: dropped 50: nobody waits for it any more',
    ]);
    expect(round('4+5').slice(1, 3)).toEqual([
      'client: no answer within 500 ms: goes on without',
      'broker: 4+5 has expired: example.rpc is empty',
    ]);
  });
});

describe('a delayed message', () => {
  it('comes in the order of the delays, unless a longer one stands in front of it', async () => {
    const received = (await lines('delayed-message')).flatMap(
      (line) => /received '(.+)'/.exec(line)?.[1] ?? [],
    );
    expect(received.slice(0, 3)).toEqual(['at once', 'after 200 ms', 'after 600 ms']);
    expect(received.slice(3)).toEqual(['after 600 ms', 'after 200 ms']);
  });
});

describe('ordered processing', () => {
  it('goes on in order with the message that the dead consumer had in hand', async () => {
    const all = await lines('ordered-processing');
    const by = (name: string) =>
      all.flatMap((line) => new RegExp(`${name} +handled (\\d)`).exec(line)?.[1] ?? []);
    expect(by('consumer 1')).toEqual(['1', '2']);
    expect(by('consumer 2')).toEqual(['3', '4', '5', '6']);
    expect(after(all, 'handled 3,')).toBe('which was delivered before');
  });
});

describe('releasing a queue', () => {
  it('spares what is in hand, what is in use and what is not empty', async () => {
    const all = await lines('releasing-a-queue');
    expect(after(all, 'purged')).toMatch(/^2:/);
    expect(after(all, 'if unused:')).toMatch(/^PRECONDITION_FAILED.* in use$/);
    expect(after(all, 'if empty:')).toMatch(/^PRECONDITION_FAILED.* not empty$/);
    expect(after(all, 'without a condition:')).toBe('deleted, with 1 in it');
    expect(after(all, 'once more:')).toBe('deleted, with 0 in it');
  });
});

describe('persistence', () => {
  it('on the embedded broker nothing is left, and the example says so', async () => {
    const { code, stdout, stderr } = await example(['persistence'], { env: withoutBroker() });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: shown.get('npm run example -- persistence'),
    });
    expect(stdout.match(/is gone/g)).toHaveLength(2);
    expect(stderr).toContain('restarts the embedded broker');
  });

  // A broker that somebody else has started is not restarted here.
  const onRabbitmq = rabbitmqctl ? it : () => undefined;
  onRabbitmq(
    'on RabbitMQ persistent messages are left, and a quorum queue keeps all',
    async () => {
      const restarts: Promise<void>[] = [];
      const onNote = (note: string) => {
        if (note.includes('now restart the broker')) restarts.push(restart(rabbitmqctl!));
      };
      const { code, stdout } = await example(['persistence'], { onNote });
      await Promise.all(restarts);
      expect(restarts).toHaveLength(1);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: shown.get('RABBITMQ_URL=… npm run example -- persistence'),
      });
      const all = stdout.split('\n');
      expect(after(all, 'classic still holds')).toBe('persistent');
      expect(after(all, 'quorum still holds')).toBe('transient, persistent');
    },
    RESTART_TIMEOUT_MS,
  );
});
