import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { recipient } from './recipient.js';

/** Somebody asked for another link to verify an address that is not verified yet. */
export const emailVerificationRequested = defineEvent(
  'email-verification.requested.v1',
  z.object(recipient),
);
