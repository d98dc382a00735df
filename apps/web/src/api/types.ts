/** What the API answers; docs/ and its OpenAPI document say more. */

export type Locale = 'en' | 'zh-CN';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly interests: readonly string[];
  readonly locale: Locale;
  /** An IANA name; null when nothing is known. */
  readonly timeZone: string | null;
  /** Whether the person wants mails with tips. */
  readonly tips: boolean;
  readonly emailVerified: boolean;
  readonly createdAt: string;
}

export type StepStatus = 'pending' | 'processing' | 'retrying' | 'done' | 'failed';

export interface Step {
  readonly name: string;
  readonly status: StepStatus;
  readonly attempts: number;
  readonly completedAt?: string;
  readonly latencyMs?: number;
  /** Why it is not done; codes may be added. */
  readonly problem?: { readonly code: string; readonly message: string };
  /** Of a mail: what is known of its way; values may be added. */
  readonly delivery?: string;
}

/** A mail that is to follow later, unless something happens first; names may be added. */
export interface UpcomingMail {
  readonly name: string;
  readonly dueAt: string;
}

export interface Onboarding {
  /** Absent while an API of the version before answers. */
  readonly upcoming?: readonly UpcomingMail[];
}

export interface Interest {
  readonly tag: string;
  readonly label: string;
  readonly items: number;
}

export interface Recommendation {
  readonly itemId: string;
  readonly title: string;
  readonly url: string;
  readonly because: readonly { readonly tag: string; readonly weight: number }[];
}

export interface RecommendationList {
  readonly status?: 'ready' | 'computing';
  readonly fallback: 'none' | 'partial' | 'popular';
  readonly items: readonly Recommendation[];
}

export interface Notification {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly createdAt: string;
  readonly readAt: string | null;
}
