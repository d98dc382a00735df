import { isReachable, type QueueCounter } from './queue-counter.js';
import type { Topology } from './topology.js';

/** A queue of the plan that exists; what it holds is null while the broker cannot say, and `unreachable` says why. */
export interface QueueStatus {
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly messages: number | null;
  readonly consumers: number | null;
  readonly unreachable?: string;
}

/** The queues of a topology that exist, in its order. @throws Error when there is no broker */
export async function listQueues(
  counter: QueueCounter,
  { queues }: Topology,
): Promise<QueueStatus[]> {
  const looks = await counter.count(queues.map(({ name }) => name));
  return queues.flatMap(({ name, arguments: given }) => {
    const look = looks.get(name);
    if (!look) return [];
    const counts = isReachable(look) ? look : { messages: null, consumers: null, ...look };
    return [{ name, type: String(given['x-queue-type']), durable: true, ...counts }];
  });
}
