import { runWorker } from '#libs/bootstrap';
import { NotificationWorkerModule } from './notification-worker.module.js';

await runWorker(NotificationWorkerModule);
