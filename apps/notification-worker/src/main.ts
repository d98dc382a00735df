import { runWorker } from '#libs/bootstrap';
import { deliverGettingStartedGuide } from '#libs/contracts';
import { NotificationWorkerModule } from './notification-worker.module.js';

await runWorker(NotificationWorkerModule, {
  name: 'notification-worker',
  consumes: [deliverGettingStartedGuide],
});
