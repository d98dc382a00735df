import { jest } from '@jest/globals';
import { defineRequest } from '#libs/contracts';
import { RequestClient } from '#libs/messaging';
import { z } from 'zod';
import { acknowledgementOf } from '../../libs/messaging/src/receiving/acknowledgement.js';
import { RequestProcessor } from '../../libs/messaging/src/requests/request-processor.js';
import { BrokerSandbox } from '../support/broker-sandbox.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { startTestPublisher } from '../support/test-publisher.js';

let broker: BrokerSandbox;

beforeAll(async () => {
  broker = await BrokerSandbox.open();
});

afterAll(() => broker.close());

describe('an answer to a request', () => {
  it('reaches its asker, and counts as confirmed', async () => {
    const request = {
      ...defineRequest('test.double', {
        deadlineMs: 5_000,
        question: z.object({ number: z.number() }),
        answer: z.object({ doubled: z.number() }),
      }),
      queue: await broker.queue(),
    };
    const { publisher, close } = await startTestPublisher();
    const published = jest.spyOn(publisher, 'publish');
    const double = async (question: unknown) => ({
      doubled: 2 * (question as { number: number }).number,
    });
    const processor = new RequestProcessor(request, double, publisher);
    const channel = await broker.newChannel();
    const { signal } = new AbortController();
    await broker.consume(
      channel,
      request.queue,
      (question) => void processor.process(question, acknowledgementOf(question, channel, signal)),
    );
    const client = new RequestClient([given('RABBITMQ_URL')], 'asking');
    client.start();
    await eventually(() => client.isActive);

    await expect(client.ask(request, { number: 21 })).resolves.toEqual({ doubled: 42 });
    await expect(published.mock.results[0]!.value).resolves.toBe('confirmed');

    await client.stop();
    await close();
    await channel.close();
  });
});
