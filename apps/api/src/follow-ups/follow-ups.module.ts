import { Module } from '@nestjs/common';
import { RequestsModule } from '#libs/messaging';
import { InterestsController } from './interests/interests.controller.js';
import { InterestsQuery } from './interests/interests.query.js';
import { LiveFeeds } from './live/live-feeds.js';
import { OpenStreams } from './live/open-streams.js';
import { InboxStreams } from './notifications/inbox-streams.js';
import { NotificationsController } from './notifications/notifications.controller.js';
import { NotificationsQuery } from './notifications/notifications.query.js';
import { DeliveriesQuery } from './onboarding/deliveries.query.js';
import { OnboardingController } from './onboarding/onboarding.controller.js';
import { UpcomingQuery } from './onboarding/upcoming.query.js';
import { TimelineStreams } from './onboarding/timeline-streams.js';
import { Impressions } from './recommendations/impressions.js';
import { ItemsQuery } from './recommendations/items.query.js';
import { ListsQuery } from './recommendations/lists.query.js';
import { OpenRecommendation } from './recommendations/open-recommendation.js';
import { PreviewRecommendations } from './recommendations/preview-recommendations.js';
import { PreviewController } from './recommendations/preview.controller.js';
import { RecommendationsController } from './recommendations/recommendations.controller.js';

/** What the workers have done after a sign-up, as its person sees it. */
@Module({
  imports: [RequestsModule],
  controllers: [
    OnboardingController,
    RecommendationsController,
    PreviewController,
    NotificationsController,
    InterestsController,
  ],
  providers: [
    DeliveriesQuery,
    UpcomingQuery,
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
  ],
})
export class FollowUpsModule {}
