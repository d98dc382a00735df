import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { credentialVersion, recipient } from './recipient.js';

/** Somebody signed up with an address that has an account already, where nobody but its owner may be told. */
export const userSignUpRepeated = defineEvent(
  'user.sign-up-repeated.v1',
  z.object({ ...recipient, credentialVersion }),
);
