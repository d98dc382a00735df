import type { ConsumeMessage } from 'amqplib';
import { failedDeliveries } from './delivery-count.js';

const delivered = (redelivered: boolean, headers?: object) =>
  ({ fields: { redelivered }, properties: { headers } }) as unknown as ConsumeMessage;

describe('the deliveries without an outcome', () => {
  it.each<[string, object | undefined, number]>([
    ['are those that the broker counts (3.10, 4.0)', { 'x-delivery-count': 3 }, 3],
    [
      'are not those that were handed back (4.3)',
      { 'x-delivery-count': 2, 'x-acquired-count': 7 },
      2,
    ],
    ['are none when all were handed back (4.3)', { 'x-acquired-count': 7 }, 0],
    ["are no more than 4.3's deliveries", { 'x-delivery-count': 99, 'x-acquired-count': 1 }, 1],
    ['are none where nothing counts', undefined, 0],
    ['are none where the count is no number', { 'x-delivery-count': 'many' }, 0],
  ])('%s', (_, headers, count) => {
    expect(failedDeliveries(delivered(true, headers))).toBe(count);
  });

  it('are none on a first delivery, whatever its publisher says', () => {
    expect(failedDeliveries(delivered(false, { 'x-delivery-count': 99 }))).toBe(0);
  });
});
