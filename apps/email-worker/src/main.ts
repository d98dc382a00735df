import { runWorker } from '#libs/bootstrap';
import { EmailWorkerModule } from './email-worker.module.js';
import * as mails from './mails.js';

await runWorker(EmailWorkerModule, {
  name: 'email-worker',
  consumes: Object.values(mails).map(({ on }) => on),
});
