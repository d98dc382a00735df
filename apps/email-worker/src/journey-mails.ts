/** All mails that follow later: a new one is a file in `mails/` and a line here. */
export { tipsEmail } from './mails/tips.mail.js';
export { verifyReminder } from './mails/verify-reminder.mail.js';
