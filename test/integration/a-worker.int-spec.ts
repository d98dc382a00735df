import {
  Catch,
  Controller,
  Injectable,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
  type RpcExceptionFilter,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { type CloudEvent, deadLetterQueue, PermanentError, Subscribe } from '#libs/messaging';
import { map, throwError, type Observable } from 'rxjs';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

let db: TestDatabase;
let broker: TestBroker;
const workers: TestWorker[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  broker = await TestBroker.connect();
});

afterAll(async () => {
  for (const worker of workers) await worker.close();
  for (const worker of workers) await broker.deleteAll(worker.topology);
  await broker.close();
  await db.drop();
});

async function start(
  options: Omit<Parameters<typeof startTestWorker>[0], 'database'>,
): Promise<TestWorker> {
  const worker = await startTestWorker({ ...options, database: db.database });
  workers.push(worker);
  return worker;
}

const statusOf = async (id: string) => {
  const [row] = await db.database.query<{ status: string }>(
    'SELECT status FROM messaging.deliveries WHERE event_id = $1',
    [id],
  );
  return row?.status;
};

describe('a handler is ordinary Nest:', () => {
  const { subscribe, event } = testEvents();
  const subscription = subscribe('use-everything');
  const seen: string[] = [];

  @Injectable()
  class Words {
    readonly suffix = 'injected';
  }

  @Injectable()
  class UpperCase implements PipeTransform {
    transform(value: unknown): unknown {
      const { data } = value as CloudEvent<{ note?: string }>;
      return data?.note ? { ...(value as object), data: { note: data.note.toUpperCase() } } : value;
    }
  }

  @Injectable()
  class RefuseSpam implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const { data } = context.switchToRpc().getData<CloudEvent<{ note: string }>>();
      return data.note !== 'spam';
    }
  }

  @Injectable()
  class Watch implements NestInterceptor {
    intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
      seen.push('before');
      return next.handle().pipe(
        map((value: unknown) => {
          seen.push('after');
          return value;
        }),
      );
    }
  }

  @Catch(RangeError)
  class RangeErrorsArePermanent implements RpcExceptionFilter<RangeError> {
    catch(error: RangeError): Observable<never> {
      return throwError(() => new PermanentError(`filtered: ${error.message}`));
    }
  }

  @Controller()
  @UsePipes(UpperCase)
  @UseGuards(RefuseSpam)
  @UseInterceptors(Watch)
  @UseFilters(RangeErrorsArePermanent)
  class UseEverything {
    constructor(private readonly words: Words) {}

    @Subscribe(subscription)
    async handle({ data }: CloudEvent<{ note: string }>): Promise<void> {
      if (data.note === 'OUT OF RANGE') throw new RangeError('out of range');
      seen.push(`${data.note} ${this.words.suffix}`);
    }
  }

  beforeAll(() =>
    start({ subscriptions: [subscription], handlers: [UseEverything], providers: [Words] }),
  );

  it('dependencies, pipes and interceptors apply', async () => {
    const published = event('hello');
    broker.publish(published);
    await eventually(async () => (await statusOf(published.id)) === 'done');
    expect(seen).toEqual(['before', 'HELLO injected', 'after']);
  });

  it('a guard that refuses is a failure, not a success', async () => {
    const published = event('spam');
    broker.publish(published);
    await eventually(async () => (await statusOf(published.id)) === 'failed');
    const letter = await eventually(() => broker.take(deadLetterQueue(subscription.consumer)));
    expect(letter.properties.headers!['exception-message']).toContain('Forbidden');
  });

  it('a filter can turn an error into another', async () => {
    const published = event('out of range');
    broker.publish(published);
    const letter = await eventually(() => broker.take(deadLetterQueue(subscription.consumer)));
    expect(letter.properties.headers).toMatchObject({
      'dead-letter-reason': 'permanent',
      'exception-message': 'filtered: out of range',
    });
  });
});

describe('a worker', () => {
  const { subscribe, event } = testEvents();
  const subscription = subscribe('take-its-time');
  const started: string[] = [];
  let release: () => void;
  let gate = Promise.resolve();

  @Controller()
  class TakeItsTime {
    @Subscribe(subscription)
    async handle({ id }: CloudEvent): Promise<void> {
      started.push(id);
      await gate;
    }
  }

  const startOne = () => start({ subscriptions: [subscription], handlers: [TakeItsTime] });
  const close = () => {
    gate = new Promise((resolve) => (release = resolve));
  };

  it('has one unacknowledged message at a time', async () => {
    await startOne();
    close();
    const events = [event(), event(), event()];
    for (const each of events) broker.publish(each);
    await eventually(() => started.length === 1);
    // Two are still in the queue, ready for another worker.
    await eventually(async () => (await broker.depth(subscription.consumer)) === 2);
    expect(started).toEqual([events[0]!.id]);
    release();
    await eventually(async () => (await statusOf(events[2]!.id)) === 'done');
    expect(started).toEqual(events.map(({ id }) => id));
  });

  it('finishes the message in hand when it is stopped, and takes no other', async () => {
    started.length = 0;
    close();
    const [inHand, next] = [event(), event()];
    broker.publish(inHand);
    broker.publish(next);
    await eventually(() => started.length === 1);
    const stopped = workers.pop()!.close();
    release();
    await stopped;
    await expect(statusOf(inHand.id)).resolves.toBe('done');
    await expect(statusOf(next.id)).resolves.toBeUndefined();
    expect(started).toEqual([inHand.id]);
    await eventually(async () => (await broker.depth(subscription.consumer)) === 1);
  });

  it('declares and consumes its queue again when it was deleted under it', async () => {
    const worker = await startOne();
    await eventually(() => worker.server.problem === undefined);
    await broker.channel.deleteQueue(subscription.consumer);
    await eventually(() => worker.server.problem !== undefined);
    await eventually(() => worker.server.problem === undefined);
    const published = event();
    broker.publish(published);
    await eventually(async () => (await statusOf(published.id)) === 'done');
  });
});
