import { loadConfig } from '#libs/service-defaults';
import { defineSubscription } from '../contract/define-subscription.js';
import { Messaging } from '../contract/messaging.js';
import type { Database } from '../database/database.js';
import { MessagingConfig } from '../messaging.config.js';
import { orderPlaced } from '../shop.fixture.js';
import { EventServer, type EventServerOptions } from './event-server.js';
import { SUBSCRIPTION } from './subscribe.decorator.js';

const packParcel = defineSubscription(orderPlaced, { consumer: 'parcels.pack-parcel' });
const givePoints = defineSubscription(orderPlaced, { consumer: 'parcels.give-points' });

const messaging = new Messaging({
  prefix: 'shop',
  events: [orderPlaced],
  subscriptions: [packParcel],
});
const config = loadConfig([MessagingConfig], { RABBITMQ_URL: 'amqp://127.0.0.1:1' }).get(
  MessagingConfig,
) as MessagingConfig;

function serve(options: Partial<EventServerOptions> = {}): EventServer {
  const all = { app: 'parcels', consumes: [packParcel], ...options };
  return new EventServer(messaging, all, config, {} as Database);
}

const addHandler = (server: EventServer, subscription: typeof givePoints) =>
  server.addHandler(subscription.consumer, async () => undefined, true, {
    [SUBSCRIPTION]: subscription,
  });

describe('the handler of a subscription that the application does not have', () => {
  it('is refused: somebody forgot to list it', () => {
    expect(() => addHandler(serve(), givePoints)).toThrow('is in no list');
  });

  it('is left alone when its feature is off, and the others are served', () => {
    const server = serve({ leaves: [givePoints] });
    addHandler(server, givePoints);
    addHandler(server, packParcel);
    expect([...server.getHandlers().keys()]).toEqual([packParcel.consumer]);
  });
});
