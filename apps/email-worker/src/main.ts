import { runWorker } from '#libs/bootstrap';
import { EmailWorkerModule } from './email-worker.module.js';

await runWorker(EmailWorkerModule);
