export interface Queue {
  readonly name: string;
  /** Null while the broker cannot say. */
  readonly messages: number | null;
  readonly consumers: number | null;
}

export interface Outbox {
  readonly pending: number;
  readonly oldestAgeSeconds: number;
  readonly stuck: readonly {
    readonly id: string;
    readonly type: string;
    readonly attempts: number;
    readonly lastError: string;
  }[];
}

export interface DeadLetter {
  readonly id: string;
  readonly queue: string;
  readonly type: string;
  readonly reason: string;
  readonly attempts: number;
  readonly exceptionMessage: string;
  readonly deadLetteredAt: string | null;
}

export interface DeadLetterDetail extends DeadLetter {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface ReconciliationReport {
  readonly missing: readonly {
    readonly consumer: string;
    readonly eventId: string;
    readonly occurredAt: string;
  }[];
  readonly resent: number;
}
