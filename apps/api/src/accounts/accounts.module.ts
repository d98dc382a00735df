import { Global, Module } from '@nestjs/common';
import { ApiReference } from '../openapi/api-reference.js';
import { OpenApiModule } from '../openapi/openapi.module.js';
import { AdmissionFront } from './admission/admission-front.js';
import { LineController } from './admission/line.controller.js';
import { SignUpLine } from './admission/sign-up-line.js';
import { DeferredRequestRunner } from './deferred-requests/deferred-request-runner.js';
import { DeferredRequests } from './deferred-requests/deferred-requests.js';
import { AddressVerified } from './email-verification/address-verified.js';
import { AltchaChallenges } from './challenges/altcha-challenges.js';
import { ChallengeDesk } from './challenges/challenge-desk.js';
import { ChallengesController } from './challenges/challenges.controller.js';
import { Challenges } from './challenges/challenges.js';
import { SignUpChallenge } from './challenges/sign-up-challenge.js';
import { TicketChallenge } from './challenges/ticket-challenge.js';
import { ChangeEmail } from './email-changes/change-email.js';
import { ConfirmEmailChange } from './email-changes/confirm-email-change.js';
import { CorrectEmail } from './email-changes/correct-email.js';
import { EmailChangeLinks } from './email-changes/email-change-links.js';
import { EmailChangesController } from './email-changes/email-changes.controller.js';
import { RequestEmailChange } from './email-changes/request-email-change.js';
import { UndoEmailChange } from './email-changes/undo-email-change.js';
import { EmailVerificationsController } from './email-verification/email-verifications.controller.js';
import { VerifyEmail } from './email-verification/verify-email.js';
import { Journeys } from './journeys/journeys.js';
import { MailBudgets } from './mail-budgets/mail-budgets.js';
import { MailRequests } from './mail-budgets/mail-requests.js';
import { MeController } from './me/me.controller.js';
import { PasswordResetsController } from './password-reset/password-resets.controller.js';
import { ResetPassword } from './password-reset/reset-password.js';
import { BreachedPasswords } from './passwords/breached-passwords.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { RateLimits } from './rate-limits/rate-limits.js';
import { LogIn } from './sessions/log-in.js';
import { OwnPassword } from './sessions/own-password.js';
import { RequestSession } from './sessions/request-session.js';
import { SessionCookie } from './sessions/session-cookie.js';
import { SessionStore } from './sessions/session-store.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { IdempotencyKeys } from './signups/idempotency-keys.js';
import { OpenAccount } from './signups/open-account.js';
import { PrivateSignUp } from './signups/private-sign-up.js';
import { SignUp } from './signups/sign-up.js';
import { SignupsController } from './signups/signups.controller.js';
import { UnsubscribeController } from './me/unsubscribe.controller.js';
import { Accounts } from './users/accounts.js';
import { OwnerMail } from './users/owner-mail.js';
import { RequestedMails } from './users/requested-mails.js';

/**
 * Who somebody is: accounts, passwords, sessions. Global, because every wing may ask for a session; what
 * other wings use of it is in `index.ts`, and an identity provider that replaces it provides the same.
 */
@Global()
@Module({
  imports: [OpenApiModule],
  controllers: [
    SignupsController,
    ChallengesController,
    LineController,
    SessionsController,
    MeController,
    EmailVerificationsController,
    EmailChangesController,
    PasswordResetsController,
    UnsubscribeController,
  ],
  providers: [
    SessionCookie,
    RequestSession,
    SessionStore,
    LogIn,
    SignUp,
    PrivateSignUp,
    OpenAccount,
    MailBudgets,
    MailRequests,
    { provide: Challenges, useClass: AltchaChallenges },
    ChallengeDesk,
    SignUpChallenge,
    TicketChallenge,
    Journeys,
    DeferredRequests,
    DeferredRequestRunner,
    AddressVerified,
    VerifyEmail,
    OwnPassword,
    ChangeEmail,
    CorrectEmail,
    RequestEmailChange,
    ConfirmEmailChange,
    UndoEmailChange,
    EmailChangeLinks,
    ResetPassword,
    PasswordHasher,
    AdmissionFront,
    SignUpLine,
    PasswordPolicy,
    BreachedPasswords,
    IdempotencyKeys,
    Accounts,
    OwnerMail,
    RequestedMails,
    RateLimits,
  ],
  exports: [RequestSession, SessionStore, Accounts],
})
export class AccountsModule {
  constructor(reference: ApiReference, cookie: SessionCookie) {
    reference.addSecurityScheme('token', { type: 'http', scheme: 'bearer' });
    reference.addSecurityScheme('cookie', { type: 'apiKey', in: 'cookie', name: cookie.name });
  }
}
