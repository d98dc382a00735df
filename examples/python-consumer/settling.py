"""One message from arrival to settlement.

Decode, crash guard, ledger and handler; then acknowledge, retry or give up.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import NackError, UnroutableError
from pika.spec import PERSISTENT_DELIVERY_MODE, Basic, BasicProperties

import topology
from events import Event, EventReader
from failures import (
    RAN,
    CrashLimitError,
    DeadLetter,
    History,
    Policy,
    dead_letter_headers,
    decide,
    describe,
    retry_headers,
    uuid7,
)
from ledger import Ledger
from logs import log

# Runs in the transaction that also holds the ledger's record.
# Return: done. PermanentError: dead-letter now. DependencyUnavailableError:
# wait without using up an attempt. Anything else: retry, then dead-letter.
Handler = Callable[[Event, sqlite3.Connection], None]

LEVELS = {"done": "info", "duplicate": "info", "dead_lettered": "error"}
REFUSED_PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Message:
    method: Basic.Deliver
    properties: BasicProperties
    body: bytes

    @property
    def history(self) -> History:
        return History.of(self.properties.headers)


@dataclass(frozen=True)
class Settler:
    queue: str
    policy: Policy
    crash_limit: int
    reader: EventReader
    ledger: Ledger
    handler: Handler
    publishing: BlockingChannel
    is_stopping: Callable[[], bool]

    def settle(
        self, method: Basic.Deliver, properties: BasicProperties, body: bytes
    ) -> None:
        """Returns when the message may be acknowledged.

        It is handled then, or the broker has it safe in another queue.
        """
        message = Message(method, properties, body)
        started_at = time.monotonic()
        event: Event = {}
        failure: Exception | None = None
        try:
            event = self.reader.read(body, properties.content_type)
            outcome = self._handle(message, event)
        except Exception as error:  # Whatever a handler may raise.
            failure = error
            outcome = self._move_on(message, error)
        log(
            LEVELS.get(outcome, "warn"),
            "event settled",
            eventId=event.get("id", properties.message_id),
            eventType=event.get("type", properties.type),
            queue=self.queue,
            attempt=message.history.failed_attempts + 1,
            correlationId=event.get("correlationid"),
            userId=event.get("subject"),
            durationMs=round((time.monotonic() - started_at) * 1_000),
            outcome=outcome,
            **({"error": describe(failure)} if failure else {}),
        )

    def _handle(self, message: Message, event: Event) -> str:
        self._guard_against_crashes(message, event)
        is_new = self.ledger.once(
            event["id"], lambda database: self.handler(event, database)
        )
        return "done" if is_new else "duplicate"

    def _guard_against_crashes(self, message: Message, event: Event) -> None:
        """The quorum queue counts the deliveries without an outcome."""
        if not message.method.redelivered:
            return
        headers = message.properties.headers or {}
        deliveries = int(headers.get("x-delivery-count", 0))
        if deliveries >= self.crash_limit:
            if not self.ledger.is_done(event["id"]):
                raise CrashLimitError(
                    f"delivered {deliveries} times without an outcome"
                )

    def _move_on(self, message: Message, error: Exception) -> str:
        """To the wait queue of the next attempt, or to the dead letters."""
        now = datetime.now(timezone.utc)
        past = message.history
        first_failed_at = past.first_failed_at or now
        failing_for_ms = (now - first_failed_at).total_seconds() * 1_000
        decision = decide(
            error, past.failed_attempts, failing_for_ms, self.policy
        )
        if isinstance(decision, DeadLetter):
            counts = decision.reason in RAN
        else:
            counts = decision.counts_attempt
        history = replace(
            past,
            failed_attempts=past.failed_attempts + counts,
            first_failed_at=first_failed_at,
        )
        if isinstance(decision, DeadLetter):
            return self._give_up(message, history, error, decision.reason)
        self._publish(
            topology.retry_queue(self.queue, decision.delay_ms),
            message,
            retry_headers(history, error),
        )
        return "retried" if decision.counts_attempt else "waiting"

    def _give_up(
        self, message: Message, history: History, error: Exception, reason: str
    ) -> str:
        exchange = message.method.exchange
        routing_key = message.method.routing_key
        if message.history.first_failed_at:
            # It came back from a wait queue, by the default exchange.
            exchange = topology.EVENTS_EXCHANGE
            routing_key = message.properties.type or routing_key
        self._publish(
            topology.dead_letter_queue(self.queue),
            message,
            dead_letter_headers(
                history, error, reason, self.queue, exchange, routing_key
            ),
        )
        return "dead_lettered"

    def _publish(
        self, queue: str, message: Message, headers: dict[str, object]
    ) -> None:
        """Returns when the broker has confirmed the copy.

        Until then the original stays unacknowledged: consuming pauses.
        """
        original = message.properties
        copy = BasicProperties(
            message_id=original.message_id or uuid7(),
            type=original.type,
            app_id=original.app_id,
            timestamp=original.timestamp,
            content_type=original.content_type,
            delivery_mode=PERSISTENT_DELIVERY_MODE,
            headers=headers,
        )
        while True:
            try:
                self.publishing.basic_publish(
                    "", queue, message.body, copy, mandatory=True
                )
                return
            except (UnroutableError, NackError) as refusal:
                if self.is_stopping():
                    raise  # The broker delivers the original again.
                log("warn", "refused", queue=queue, error=repr(refusal))
                self.publishing.connection.process_data_events(
                    time_limit=REFUSED_PAUSE_SECONDS
                )
