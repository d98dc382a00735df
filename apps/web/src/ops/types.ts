export interface Queue {
  readonly name: string;
  /** Null while the broker cannot say. */
  readonly messages: number | null;
  readonly consumers: number | null;
  /** Why. */
  readonly unreachable?: string;
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
  /** Absent while an API of the version before answers. */
  readonly scheduled?: {
    readonly pending: number;
    readonly overdueSeconds: number;
  };
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

export interface DeadLetterList {
  readonly items: readonly DeadLetter[];
  /** Consumers whose dead letters the broker cannot give now. */
  readonly unreachable?: readonly string[];
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
  /** Consumers of which nothing can be said now. */
  readonly unreachable?: readonly string[];
}
