export { isBasicAuth } from './postmark/basic-auth.js';
export { headersWithId, MAIL_PROVIDERS, type MailProvider } from './ids/carried-id.js';
export { BOUNCES_BY_WEIGHT, classify, classifyReply, type BounceClass } from './classify.js';
export type { Dsn, DsnAction, DsnRecipient } from './dsn/dsn.js';
export { dsnFeedback, type ReportedMail } from './dsn/dsn-feedback.js';
export { statusInReply } from './enhanced-status.js';
export type { FeedbackPost } from './feedback-post.js';
export type { Bounced, Complained, Delivered, MailFeedback } from './mail-feedback.js';
export { MailIds, parseMailId, type MailIdentity } from './ids/mail-ids.js';
export { oneLine } from './one-line.js';
export { readDsn } from './dsn/read-dsn.js';
export { readPostmarkPost } from './postmark/read-postmark-post.js';
export { readReturnPath, returnPath } from './ids/return-path.js';
export { readCertificate } from './sns/sns-signature.js';
export { readSnsPost, type SnsOptions, type SnsPost } from './sns/read-sns-post.js';
export { countFeedback } from './recording/feedback-counter.js';
export {
  FeedbackRecorder,
  type FeedbackOrigin,
  type Recorded,
} from './recording/feedback-recorder.js';
