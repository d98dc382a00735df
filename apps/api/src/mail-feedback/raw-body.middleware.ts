import { raw, type RequestHandler } from 'express';

/** Longer than any other body: SES puts the headers of a mail into what it sends. */
const MAX_BODY = '1mb';

/** Reads the body as it is, whatever it says of itself: Amazon SNS says `text/plain`, and a signature is over bytes. */
export const rawBody = (): RequestHandler => raw({ type: () => true, limit: MAX_BODY });
