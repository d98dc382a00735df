import { runWorker } from '#libs/bootstrap';
import { keepMailFeedback, keepRecipient } from '#libs/contracts';
import { EmailWorkerModule } from './email-worker.module.js';
import * as journeyMails from './journey-mails.js';
import * as mails from './mails.js';

await runWorker(EmailWorkerModule, {
  name: 'email-worker',
  consumes: [
    ...Object.values({ ...mails, ...journeyMails }).map(({ on }) => on),
    keepRecipient,
    keepMailFeedback,
  ],
});
