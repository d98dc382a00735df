import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { OutboxModule, RequestsModule } from '#libs/messaging';
import { ApiConfig } from './api.config.js';
import { AsyncApiController } from './asyncapi/asyncapi.controller.js';
import { DeferredRequestRunner } from './deferred-requests/deferred-request-runner.js';
import { DeferredRequests } from './deferred-requests/deferred-requests.js';
import { EmailVerificationsController } from './email-verification/email-verifications.controller.js';
import { ResendVerification } from './email-verification/resend-verification.js';
import { VerifyEmail } from './email-verification/verify-email.js';
import { HealthController } from './health/health.controller.js';
import { ProblemDetailsFilter } from './http/problem-details.filter.js';
import { RequestSession } from './http/request-session.js';
import { schemaValidationPipe } from './http/schema-validation.pipe.js';
import { SessionCookie } from './http/session-cookie.js';
import { InterestsController } from './interests/interests.controller.js';
import { InterestsQuery } from './interests/interests.query.js';
import { LiveFeeds } from './live/live-feeds.js';
import { OpenStreams } from './live/open-streams.js';
import { Accounts } from './me/accounts.js';
import { MeController } from './me/me.controller.js';
import { InboxStreams } from './notifications/inbox-streams.js';
import { OwnerMail } from './me/owner-mail.js';
import { NotificationsController } from './notifications/notifications.controller.js';
import { NotificationsQuery } from './notifications/notifications.query.js';
import { DeliveriesQuery } from './onboarding/deliveries.query.js';
import { OnboardingController } from './onboarding/onboarding.controller.js';
import { TimelineStreams } from './onboarding/timeline-streams.js';
import { OperationsModule } from './operations/operations.module.js';
import { PageController } from './page/page.controller.js';
import { ApiReferenceController } from './openapi/api-reference.controller.js';
import { ApiReference } from './openapi/api-reference.js';
import { PasswordResetsController } from './password-reset/password-resets.controller.js';
import { RequestPasswordReset } from './password-reset/request-password-reset.js';
import { ResetPassword } from './password-reset/reset-password.js';
import { BreachedPasswords } from './passwords/breached-passwords.js';
import { LoadShedding } from './passwords/load-shedding.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { RateLimits } from './rate-limits/rate-limits.js';
import { ItemsQuery } from './recommendations/items.query.js';
import { ListsQuery } from './recommendations/lists.query.js';
import { Impressions } from './recommendations/impressions.js';
import { OpenRecommendation } from './recommendations/open-recommendation.js';
import { PreviewRecommendations } from './recommendations/preview-recommendations.js';
import { PreviewController } from './recommendations/preview.controller.js';
import { RecommendationsController } from './recommendations/recommendations.controller.js';
import { LogIn } from './sessions/log-in.js';
import { SessionStore } from './sessions/session-store.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { IdempotencyKeys } from './signups/idempotency-keys.js';
import { OpenAccount } from './signups/open-account.js';
import { PrivateSignUp } from './signups/private-sign-up.js';
import { SignUp } from './signups/sign-up.js';
import { SignupsController } from './signups/signups.controller.js';
import { Upkeep } from './upkeep/upkeep.js';

@Module({
  imports: [OutboxModule, RequestsModule, OperationsModule],
  controllers: [
    SignupsController,
    SessionsController,
    MeController,
    EmailVerificationsController,
    PasswordResetsController,
    OnboardingController,
    RecommendationsController,
    PreviewController,
    NotificationsController,
    InterestsController,
    HealthController,
    PageController,
    ApiReferenceController,
    AsyncApiController,
  ],
  providers: [
    { provide: APP_FILTER, useClass: ProblemDetailsFilter },
    { provide: APP_PIPE, useValue: schemaValidationPipe },
    SessionCookie,
    RequestSession,
    SessionStore,
    LogIn,
    SignUp,
    PrivateSignUp,
    OpenAccount,
    DeferredRequests,
    DeferredRequestRunner,
    VerifyEmail,
    ResendVerification,
    RequestPasswordReset,
    ResetPassword,
    PasswordHasher,
    LoadShedding,
    PasswordPolicy,
    BreachedPasswords,
    IdempotencyKeys,
    Accounts,
    OwnerMail,
    RateLimits,
    DeliveriesQuery,
    ListsQuery,
    ItemsQuery,
    Impressions,
    OpenRecommendation,
    PreviewRecommendations,
    NotificationsQuery,
    InterestsQuery,
    LiveFeeds,
    OpenStreams,
    TimelineStreams,
    InboxStreams,
    Upkeep,
    ApiReference,
  ],
})
export class ApiModule {
  static readonly config = ApiConfig;
}
