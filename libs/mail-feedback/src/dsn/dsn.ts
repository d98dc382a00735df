/** RFC 3464, section 2.3.3. */
export const DSN_ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;
export type DsnAction = (typeof DSN_ACTIONS)[number];

/** What a report says of one recipient. Strangers write it: nothing of it is proven. */
export interface DsnRecipient {
  /** In lower case. After a forwarding it is not the address that the mail was sent to. */
  readonly address: string;
  /** The address that the mail was sent to, in lower case, if the report names it (RFC 3461). */
  readonly originalAddress?: string;
  readonly action: DsnAction;
  /** The enhanced status code, such as `5.1.1` (RFC 3463), if there is one. */
  readonly status?: string;
  /** What the server said: one line of at most 500 characters. */
  readonly diagnostic?: string;
}

/** A delivery status notification: the report on a mail that was handed over. */
export interface Dsn {
  /** One or more. */
  readonly recipients: readonly DsnRecipient[];
}
