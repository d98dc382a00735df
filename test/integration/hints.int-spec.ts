import { CATALOGUE, usherMessaging } from '#libs/contracts';
import { Hints, PROGRESS } from '#libs/messaging';
import { Logger } from '@nestjs/common';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { TestBroker } from '../support/test-broker.js';

let broker: TestBroker;
let proxy: FaultProxy;
const started: Hints[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  broker = await TestBroker.connect();
  proxy = await FaultProxy.before(given('RABBITMQ_URL'));
});

afterEach(async () => {
  for (const hints of started.splice(0)) await hints.stop();
});

afterAll(async () => {
  await proxy.close();
  await broker.close();
});

function create(url = given('RABBITMQ_URL')): Hints {
  const hints = new Hints(usherMessaging, [url], 'hints under test');
  started.push(hints);
  return hints;
}

async function start(hints: Hints): Promise<Hints> {
  hints.start();
  await eventually(() => hints.isActive);
  return hints;
}

/** A process that listens, and what it heard. */
async function listen(url?: string) {
  const heard: unknown[] = [];
  const hints = create(url);
  hints.subscribe(CATALOGUE, (body) => heard.push(body));
  return { hints: await start(hints), heard };
}

/** Publishes until it is heard: a hint on the way to a lost connection is lost with it. */
const heardBy = (publisher: Hints, heard: unknown[], body: object) =>
  eventually(() => {
    publisher.publish(CATALOGUE, body);
    return heard.some((each) => JSON.stringify(each) === JSON.stringify(body));
  });

describe('a hint', () => {
  it('reaches every process that listens, the one that sent it too', async () => {
    const one = await listen();
    const two = await listen();
    one.hints.publish(CATALOGUE, { version: 7 });

    await eventually(() => one.heard.length === 1 && two.heard.length === 1);
    expect([one.heard, two.heard]).toEqual([[{ version: 7 }], [{ version: 7 }]]);
  });

  it('reaches nobody who listens to another exchange', async () => {
    const { hints, heard } = await listen();
    hints.publish(PROGRESS, { userId: 'x' });
    hints.publish(CATALOGUE, { version: 8 });

    await eventually(() => heard.length > 0);
    expect(heard).toEqual([{ version: 8 }]);
  });

  it('that is no JSON, or that its listener fails at, does not keep the next one away', async () => {
    const heard: unknown[] = [];
    const hints = create();
    hints.subscribe(CATALOGUE, (body) => {
      heard.push(body);
      if (heard.length === 1) throw new Error('no interest');
    });
    await start(hints);
    broker.channel.publish(usherMessaging.names.hints(CATALOGUE), '', Buffer.from('{'));
    broker.channel.publish(usherMessaging.names.hints(CATALOGUE), '', Buffer.from('1'));
    broker.channel.publish(usherMessaging.names.hints(CATALOGUE), '', Buffer.from('2'));

    await eventually(() => heard.length === 2);
    expect(heard).toEqual([1, 2]);
  });

  it('is dropped, without an error, while there is no broker', () => {
    const hints = create('amqp://127.0.0.1:1');
    hints.start();

    expect(() => hints.publish(CATALOGUE, { version: 9 })).not.toThrow();
  });
});

describe('listening', () => {
  it('goes on after a lost connection', async () => {
    const publisher = await start(create());
    const { hints, heard } = await listen(proxy.url);
    await proxy.reset();
    await eventually(() => !hints.isActive);

    await heardBy(publisher, heard, { version: 10 });
  });

  it('is asked for before the start, by one listener an exchange', async () => {
    const { hints } = await listen();
    expect(() => hints.subscribe(PROGRESS, () => undefined)).toThrow('before the start');

    const other = create();
    other.subscribe(PROGRESS, () => undefined);
    expect(() => other.subscribe(PROGRESS, () => undefined)).toThrow('two listeners');
  });
});
