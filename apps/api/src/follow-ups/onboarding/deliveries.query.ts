import { Injectable } from '@nestjs/common';
import { sendWelcomeEmail, type Locale } from '#libs/contracts';
import { Messaging, type Effect, type Subscription } from '#libs/messaging';
import { Database } from '#libs/database';
import { problemOf, type StepProblem } from './step-problem.js';

/** One step of the onboarding timeline. */
export interface OnboardingStep {
  readonly name: string;
  readonly status: 'pending' | 'processing' | 'retrying' | 'done' | 'failed';
  readonly attempts: number;
  readonly completedAt?: Date;
  /** From the sign-up to the step's end. */
  readonly latencyMs?: number;
  readonly problem?: StepProblem;
  /** Of a mail that was handed over, or is not sent at all. */
  readonly delivery?: MailDelivery;
}

/** `sent`: a mail server has taken it, and nothing else is known. */
export const MAIL_DELIVERIES = ['sent', 'delivered', 'bounced', 'not-sent'] as const;
export type MailDelivery = (typeof MAIL_DELIVERIES)[number];

interface StepRow {
  user_id: string;
  locale: Locale;
  step: string;
  effect: Effect;
  status: OnboardingStep['status'] | null;
  attempts: number | null;
  completed_at: Date | null;
  latency_ms: number | null;
  reason: string | null;
  delivery: MailDelivery | null;
}

/**
 * Reads the timeline of a person: the steps that were expected at the sign-up, and those that the delivery
 * ledger knows besides. No row in the ledger means that nothing has happened yet.
 */
@Injectable()
export class DeliveriesQuery {
  private readonly consumers: readonly Subscription[];

  constructor(
    messaging: Messaging,
    private readonly database: Database,
  ) {
    this.consumers = messaging.subscriptions.filter(({ step }) => step !== undefined);
  }

  async steps(userId: string): Promise<OnboardingStep[]> {
    return (await this.stepsOf([userId])).get(userId) ?? [];
  }

  /** The steps of many at once, by user. */
  async stepsOf(userIds: readonly string[]): Promise<Map<string, OnboardingStep[]>> {
    const rows = await this.database.query<StepRow>(
      `SELECT u.id AS user_id, u.locale, s.step, s.effect, d.status, d.attempts, d.completed_at, d.reason,
              round(extract(epoch FROM d.completed_at - u.created_at) * 1000)::int AS latency_ms,
              coalesce(m.delivery, CASE m.status WHEN 'sent' THEN 'sent' WHEN 'suppressed' THEN 'not-sent' END)
                AS delivery
         FROM accounts.users AS u
        CROSS JOIN unnest($2::text[], $3::text[], $4::text[])
              WITH ORDINALITY AS s (consumer, step, effect, position)
        -- After a correction of the address the last welcome mail counts.
        CROSS JOIN LATERAL (SELECT CASE s.step WHEN $5 THEN coalesce(u.welcome_event_id, u.registration_event_id)
                                               ELSE u.registration_event_id END AS id) AS e
         LEFT JOIN messaging.deliveries AS d ON d.consumer = s.consumer AND d.event_id = e.id
         LEFT JOIN email.messages AS m ON m.event_id = e.id AND m.consumer = s.consumer
        WHERE u.id = ANY ($1::uuid[]) AND (s.step = ANY (u.steps) OR d.status IS NOT NULL)
        ORDER BY u.id, s.position`,
      [
        userIds,
        this.consumers.map(({ consumer }) => consumer),
        this.consumers.map(({ step }) => step),
        this.consumers.map(({ effect }) => effect),
        sendWelcomeEmail.step,
      ],
    );
    const byUser = new Map<string, OnboardingStep[]>();
    for (const row of rows) {
      byUser.set(row.user_id, [...(byUser.get(row.user_id) ?? []), toStep(row)]);
    }
    return byUser;
  }
}

function toStep(row: StepRow): OnboardingStep {
  const status = row.status ?? 'pending';
  const problem = problemOf({ ...row, status }, row.locale);
  return {
    name: row.step,
    status,
    attempts: row.attempts ?? 0,
    ...(row.completed_at && { completedAt: row.completed_at, latencyMs: row.latency_ms ?? 0 }),
    ...(problem && { problem }),
    ...(row.delivery && { delivery: row.delivery }),
  };
}

/** Whether nothing is left to come. */
export const isComplete = (steps: readonly OnboardingStep[]): boolean =>
  steps.every(({ status }) => status === 'done');
