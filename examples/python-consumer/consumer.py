"""Takes one message after the other from arrival to settlement: decode, crash guard, ledger, handler, acknowledge."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ChannelClosedByBroker, NackError, UnroutableError
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

# Runs in the transaction that also holds the ledger's record. Return: done. PermanentError: dead-letter now.
# DependencyUnavailableError: wait without using up an attempt. Anything else: retry, then dead-letter.
Handler = Callable[[Event, sqlite3.Connection], None]

HEARTBEAT_SECONDS = 60
PRECONDITION_FAILED = 406


@dataclass(frozen=True)
class Settings:
    broker_urls: list[str]
    queue: str
    binding_key: str
    policy: Policy
    crash_limit: int


class Consumer:
    def __init__(self, settings: Settings, reader: EventReader, ledger: Ledger, handler: Handler) -> None:
        self._settings = settings
        self._reader = reader
        self._ledger = ledger
        self._handler = handler
        self._stopping = False

    def run(self) -> None:
        """Consumes until SIGTERM or SIGINT, which it obeys after the message in hand; reconnects whenever it must."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        failures = 0
        while not self._stopping:
            try:
                with self._connect() as connection:
                    channel, publishing = connection.channel(), connection.channel()
                    topology.declare(
                        channel,
                        self._settings.queue,
                        self._settings.binding_key,
                        self._settings.policy.delays_ms,
                    )
                    publishing.confirm_delivery()
                    channel.basic_qos(prefetch_count=1)
                    failures = 0
                    self._consume(channel, publishing)
            except (AMQPError, OSError) as error:
                if isinstance(error, ChannelClosedByBroker) and error.reply_code == PRECONDITION_FAILED:
                    sys.exit(f"{error.reply_text}. Nothing was changed.")
                log("warn", "the broker is away", error=repr(error))
                failures += 1
                self._pause(failures)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _connect(self) -> pika.BlockingConnection:
        """To the first node of the list that answers."""
        parameters = [pika.URLParameters(url) for url in self._settings.broker_urls]
        for each in parameters:
            each.heartbeat = HEARTBEAT_SECONDS
            each.blocked_connection_timeout = HEARTBEAT_SECONDS
            each.client_properties = {"connection_name": self._settings.queue}
        return pika.BlockingConnection(parameters)

    def _consume(self, channel: BlockingChannel, publishing: BlockingChannel) -> None:
        """Ends when it is to stop, and when the broker has cancelled the consumer: its queue was deleted."""
        log("info", "consuming", queue=self._settings.queue)
        for method, properties, body in channel.consume(self._settings.queue, inactivity_timeout=0.5):
            if method and not self._stopping:
                self._settle(publishing, method, properties, body)
                channel.basic_ack(method.delivery_tag)
            if self._stopping:
                break
        # What was delivered meanwhile goes back to the queue.
        channel.cancel()

    def _settle(
        self, publishing: BlockingChannel, method: Basic.Deliver, properties: BasicProperties, body: bytes
    ) -> None:
        """Returns when the message may be acknowledged: it is handled, or the broker has it safe in another queue."""
        started_at = time.monotonic()
        history = History.of(properties.headers)
        event: Event = {}
        failure: Exception | None = None
        try:
            event = self._reader.read(body, properties.content_type)
            self._guard_against_crashes(event, method, properties)
            is_new = self._ledger.once(event["id"], lambda database: self._handler(event, database))
            outcome = "done" if is_new else "duplicate"
        except AMQPError:
            raise
        except Exception as error:  # Whatever a handler may raise.
            failure = error
            outcome = self._move_on(publishing, method, properties, body, history, error)
        log(
            {"dead_lettered": "error", "done": "info", "duplicate": "info"}.get(outcome, "warn"),
            "event settled",
            eventId=event.get("id", properties.message_id),
            eventType=event.get("type", properties.type),
            queue=self._settings.queue,
            attempt=history.failed_attempts + 1,
            correlationId=event.get("correlationid"),
            userId=event.get("subject"),
            durationMs=round((time.monotonic() - started_at) * 1_000),
            outcome=outcome,
            **({"error": describe(failure)} if failure else {}),
        )

    def _guard_against_crashes(self, event: Event, method: Basic.Deliver, properties: BasicProperties) -> None:
        """The quorum queue counts in `x-delivery-count` how often it delivered the message without an outcome."""
        deliveries = int((properties.headers or {}).get("x-delivery-count", 0)) if method.redelivered else 0
        if deliveries >= self._settings.crash_limit and not self._ledger.is_done(event["id"]):
            raise CrashLimitError(f"delivered {deliveries} times without an outcome")

    def _move_on(
        self,
        publishing: BlockingChannel,
        method: Basic.Deliver,
        properties: BasicProperties,
        body: bytes,
        history: History,
        error: Exception,
    ) -> str:
        """To the wait queue of the next attempt, or to the dead letters."""
        queue = self._settings.queue
        now = datetime.now(timezone.utc)
        first_failed_at = history.first_failed_at or now
        failing_for_ms = (now - first_failed_at).total_seconds() * 1_000
        decision = decide(error, history.failed_attempts, failing_for_ms, self._settings.policy)
        counts = decision.reason in RAN if isinstance(decision, DeadLetter) else decision.counts_attempt
        past = replace(
            history, failed_attempts=history.failed_attempts + counts, first_failed_at=first_failed_at
        )
        if isinstance(decision, DeadLetter):
            # A message that came back from a wait queue was routed by the default exchange.
            came_back = history.first_failed_at is not None
            headers = dead_letter_headers(
                past,
                error,
                decision.reason,
                queue,
                topology.EVENTS_EXCHANGE if came_back else method.exchange,
                properties.type if came_back and properties.type else method.routing_key,
            )
            self._publish(publishing, topology.dead_letter_queue(queue), properties, headers, body)
            return "dead_lettered"
        target = topology.retry_queue(queue, decision.delay_ms)
        self._publish(publishing, target, properties, retry_headers(past, error), body)
        return "retried" if decision.counts_attempt else "waiting"

    def _publish(
        self,
        publishing: BlockingChannel,
        queue: str,
        properties: BasicProperties,
        headers: dict[str, object],
        body: bytes,
    ) -> None:
        """Returns when the broker has confirmed; until then the original stays unacknowledged, and consuming pauses."""
        copy = BasicProperties(
            message_id=properties.message_id or uuid7(),
            type=properties.type,
            app_id=properties.app_id,
            timestamp=properties.timestamp,
            content_type=properties.content_type,
            delivery_mode=PERSISTENT_DELIVERY_MODE,
            headers=headers,
        )
        failures = 0
        while True:
            try:
                publishing.basic_publish("", queue, body, copy, mandatory=True)
                return
            except (UnroutableError, NackError) as refusal:
                if self._stopping:
                    raise  # Ends the connection: the broker delivers the original again.
                log("warn", "a publish was refused", queue=queue, error=repr(refusal))
                failures += 1
                publishing.connection.sleep(_backoff(failures))

    def _pause(self, failures: int) -> None:
        until = time.monotonic() + _backoff(failures)
        while not self._stopping and time.monotonic() < until:
            time.sleep(0.05)


def _backoff(failures: int) -> float:
    """Seconds, exponential with jitter, between 0.1 and 5."""
    return random.uniform(0.1, min(5.0, 0.2 * 2 ** min(failures, 10)))


def log(level: str, message: str, **fields: object) -> None:
    at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    print(json.dumps({"level": level, "time": at, **fields, "msg": message}), flush=True)
