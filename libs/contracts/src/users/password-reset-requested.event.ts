import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { credentialVersion, recipient } from './recipient.js';

/** Somebody asked for a new password of an account that there is. */
export const passwordResetRequested = defineEvent(
  'password-reset.requested.v1',
  z.object({ ...recipient, credentialVersion }),
);
