import { runWorker } from '#libs/bootstrap';
import {
  sendAlreadyRegisteredEmail,
  sendPasswordResetEmail,
  sendVerificationEmail,
  sendWelcomeEmail,
} from '#libs/contracts';
import { EmailWorkerModule } from './email-worker.module.js';

await runWorker(EmailWorkerModule, {
  name: 'email-worker',
  consumes: [
    sendWelcomeEmail,
    sendVerificationEmail,
    sendPasswordResetEmail,
    sendAlreadyRegisteredEmail,
  ],
});
