import {
  computeRecommendations,
  deliverGettingStartedGuide,
  sendWelcomeEmail,
} from '#libs/contracts';
import type { Subscription } from '#libs/messaging';
import { eventually } from '../../support/eventually.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { registrationMessage } from '../stack/sample-events.js';

const CONSUMERS: readonly Subscription[] = [
  sendWelcomeEmail,
  computeRecommendations,
  deliverGettingStartedGuide,
];

/** Milliseconds from the start of each worker's process until its first message is in the ledger; one after the other. */
export async function startUpTimes(stack: BenchStack): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const { app, consumer } of CONSUMERS) {
    await stack.reset();
    await stack.broker.fill(consumer, 1, registrationMessage);
    const startedAt = Date.now();
    await stack.launch(app);
    const first = await eventually(async () => {
      const [row] = await stack.database.query<{ created_at: Date }>(
        'SELECT created_at FROM messaging.deliveries WHERE consumer = $1',
        [consumer],
      );
      return row?.created_at;
    }, 60_000);
    times[app] = first.getTime() - startedAt;
    await stack.stop(app);
  }
  return times;
}
