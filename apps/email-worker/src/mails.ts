/** All mails of this worker, by name: a new one is a file in `mails/` and a line here. */
export { alreadyRegisteredEmail } from './mails/already-registered.mail.js';
export { emailChangeEmail } from './mails/email-change.mail.js';
export { emailChangedEmail } from './mails/email-changed.mail.js';
export { passwordResetEmail } from './mails/password-reset.mail.js';
export { verificationEmail } from './mails/verification.mail.js';
export { welcomeEmail } from './mails/welcome.mail.js';
