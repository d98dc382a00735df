/** Rights on tables as SQL writes them, by table. */
export type Rights = Readonly<Record<string, string>>;

/** What every consumer does in the ledger; the row of its delivery is written together with its effect. */
const LEDGER = {
  'messaging.deliveries': 'SELECT, INSERT, UPDATE',
  'messaging.postponed': 'SELECT, INSERT, UPDATE',
  'messaging.clock': 'SELECT',
};

/** What a process does that relays and promotes: the API, and a worker with `RELAY=on`. */
export const RELAYING = {
  'messaging.outbox': 'SELECT, INSERT, UPDATE, DELETE',
  'messaging.deliveries': 'SELECT, INSERT, UPDATE',
  'messaging.postponed': 'SELECT, INSERT, UPDATE, DELETE',
  'messaging.scheduled': 'SELECT, UPDATE, DELETE',
  'messaging.clock': 'SELECT',
} as const satisfies Rights;

/**
 * What each role needs for the statements that it sends, and no more. ON CONFLICT DO UPDATE and FOR UPDATE need
 * UPDATE, RETURNING and WHERE need SELECT: https://www.postgresql.org/docs/current/sql-insert.html
 */
export const RIGHTS = {
  api: {
    'accounts.users': 'SELECT, INSERT, UPDATE',
    'accounts.sessions': 'SELECT, INSERT, UPDATE, DELETE',
    'accounts.idempotency_keys': 'SELECT, INSERT, UPDATE, DELETE',
    'accounts.deferred_requests': 'SELECT, INSERT, UPDATE, DELETE',
    'accounts.rate_limits': 'SELECT, INSERT, UPDATE, DELETE',
    'accounts.reserved_addresses': 'SELECT, INSERT, UPDATE, DELETE',
    'accounts.mail_budgets': 'SELECT, INSERT, UPDATE, DELETE',
    'accounts.spent_challenges': 'SELECT, INSERT, UPDATE, DELETE',
    'accounts.lines': 'SELECT, INSERT, UPDATE, DELETE',
    ...RELAYING,
    'messaging.scheduled': 'SELECT, INSERT, UPDATE, DELETE',
    'recommendation.interests': 'SELECT',
    'recommendation.items': 'SELECT',
    'recommendation.catalogue': 'SELECT',
    'recommendation.lists': 'SELECT',
    'recommendation.impressions': 'INSERT',
    'notification.notifications': 'SELECT, UPDATE (read_at)',
    'email.messages': 'SELECT, UPDATE (delivery)',
  },
  'email-worker': {
    ...LEDGER,
    'email.messages': 'SELECT, INSERT, UPDATE',
    'email.recipients': 'SELECT, INSERT, UPDATE',
    'email.suppressions': 'SELECT, INSERT, UPDATE, DELETE',
    'email.rate': 'SELECT, UPDATE',
    'email.soft_bounces': 'SELECT, INSERT, DELETE',
    'email.unread_reports': 'SELECT, INSERT, UPDATE, DELETE',
    'messaging.outbox': 'SELECT, INSERT',
  },
  'recommendation-worker': {
    ...LEDGER,
    'recommendation.items': 'SELECT',
    'recommendation.catalogue': 'SELECT',
    'recommendation.lists': 'SELECT, INSERT, UPDATE',
    'recommendation.opened': 'SELECT, INSERT',
    'recommendation.readers': 'SELECT, INSERT, UPDATE',
    'recommendation.item_counts': 'SELECT, INSERT, UPDATE',
    'recommendation.tag_counts': 'SELECT, INSERT, UPDATE',
    'recommendation.affinities': 'SELECT, INSERT, UPDATE',
    'recommendation.impressions': 'SELECT, UPDATE, DELETE',
  },
  'notification-worker': {
    ...LEDGER,
    'notification.notifications': 'INSERT',
  },
  /** The command line, `usher migrate` aside. */
  operator: {
    'messaging.outbox': 'SELECT, UPDATE (resent_at, resends)',
    'messaging.deliveries': 'SELECT, INSERT, UPDATE, DELETE',
    'messaging.scheduled': 'SELECT, DELETE',
    'messaging.clock': 'SELECT',
    'accounts.lines': 'SELECT',
    'email.suppressions': 'SELECT, INSERT, UPDATE, DELETE',
    'recommendation.interests': 'SELECT, INSERT, UPDATE',
    'recommendation.items': 'SELECT, INSERT, UPDATE',
    'recommendation.catalogue': 'SELECT, INSERT, UPDATE',
    'campaign.campaigns': 'SELECT',
    'campaign.claims': 'SELECT',
    'campaign.changes': 'SELECT',
    'campaign.payments': 'SELECT',
  },
} as const satisfies Record<string, Rights>;
