export {
  defineEvent,
  type EventDefinition,
  type EventOf,
  type Subject,
} from './contract/define-event.js';
export { defineRequest, type RequestDefinition } from './contract/define-request.js';
export {
  defineSubscription,
  type Effect,
  type Retries,
  type Subscription,
} from './contract/define-subscription.js';
export { Messaging, OUTBOX, PROGRESS, type MessagingDefinition } from './contract/messaging.js';
export { CLOUDEVENTS_JSON, type CloudEvent } from './contract/event-envelope.js';
export { eventSchema, exampleOf, jsonSchema, type JsonSchema } from './contract/event-schema.js';
export {
  asyncApiDocument,
  type AsyncApiDocument,
  type AsyncApiInfo,
} from './asyncapi/asyncapi-document.js';
export { whileAlone } from './database/advisory-lock.js';
export { DatabaseUnavailableError, isDatabaseUnavailable } from './database/database-errors.js';
export type { Database, OpenTransaction, Sql, Transaction } from './database/database.js';
export { migrateMessaging } from './database/migrate-messaging.js';
export { pgDatabase } from './database/pg-database.js';
export { runAgain } from './database/run-again.js';
export { rule } from './database/sqlstates.js';
export { BrokerConnection } from './connection/broker-connection.js';
export { explainBrokerError } from './connection/explain-broker-error.js';
export { DeliveryLedger, type DeliveryKey } from './deliveries/delivery-ledger.js';
export { progressHint } from './hints/progress-hints.js';
export { Hints } from './hints/hints.js';
export { sendHint } from './hints/send-hint.js';
export { MessagingConfig } from './messaging.config.js';
export { createEvent, type EventContext } from './outbox/create-event.js';
export { MessagingModule, type MessagingModuleOptions } from './messaging.module.js';
export { OutboxRelay } from './outbox/outbox-relay.js';
export { OutboxStore } from './outbox/outbox-store.js';
export {
  outboxBacklog,
  stuckEvents,
  type OutboxBacklog,
  type StuckEvent,
} from './outbox/outbox-backlog.query.js';
export { Outbox, type OutboxTransaction } from './outbox/outbox.js';
export type { Delivery } from './receiving/delivery.js';
export {
  DeferredError,
  DependencyUnavailableError,
  PermanentError,
  PostponedError,
} from './retry/errors.js';
export { EventServer } from './receiving/event-server.js';
export { RethrowFilter, Subscribe } from './receiving/subscribe.decorator.js';
export { Answer } from './requests/answer.decorator.js';
export { NoAnswerError, RequestClient } from './requests/request-client.js';
export { RequestsModule } from './requests/requests.module.js';
export { checkTopology, type TopologyReport } from './routing/check-topology.js';
export { declareTopology, TopologyMismatchError } from './routing/declare-topology.js';
export { DeclaredTopology } from './routing/declared-topology.js';
export { deadLetterQueue, retryQueue } from './routing/names.js';
export { isReachable, QueueCounter } from './routing/queue-counter.js';
export { listQueues, type QueueStatus } from './routing/queue-list.js';
export { retryDelays, waitQueueDelays } from './routing/retry-delays.js';
export { planTopology, type Topology } from './routing/topology.js';
export { ConfirmPublisher } from './sending/confirm-publisher.js';
export type { OutgoingMessage, PublishOutcome } from './sending/outgoing-message.js';
export { eventMessage } from './sending/event-message.js';
export {
  deadLetterHeadersSchema,
  retryHeadersSchema,
  type DeadLetterReason,
} from './sending/message-headers.schema.js';
export {
  readDeadLetter,
  type DeadLetter,
  type DeadLetterDetail,
} from './dead-letter/dead-letter.js';
export {
  DeadLetters,
  DeadLettersBusyError,
  type DeadLetterLook,
  type DeadLetterReplay,
} from './dead-letter/dead-letters.js';
export { advanceClock, clockAheadMs, currentTime } from './scheduling/clock.js';
export { PostponedDeliveries } from './scheduling/postponed-deliveries.js';
export { Promoter } from './scheduling/promoter.js';
export { ScheduledEvents, type Schedule } from './scheduling/scheduled-events.js';
export {
  listScheduled,
  scheduledBacklog,
  type ScheduledBacklog,
  type ScheduledEvent,
} from './scheduling/scheduled.query.js';
export { cleanOutbox } from './outbox/outbox-cleaner.js';
export { Reconciler, type ReconciliationReport } from './reconciliation/reconciler.js';
export { replayEvents, type ReplaySelection } from './reconciliation/replay-events.js';
