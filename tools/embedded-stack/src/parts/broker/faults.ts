/** What a test can make go wrong; everything by {@link EmbeddedBroker.faults} only. */
export interface Faults {
  /** Answers every publish that waits for a confirm with a nack, and keeps none of them. */
  refuseConfirms: boolean;
  /** How long everything that a client sends is kept back before it is read, in milliseconds. */
  delayMs: number;
}
