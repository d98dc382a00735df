"""Connects, declares, consumes one message at a time, and comes back."""

from __future__ import annotations

import random
import signal
import sys
import time
from dataclasses import dataclass

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ChannelClosedByBroker

import topology
from events import EventReader
from failures import Policy
from ledger import Ledger
from logs import log
from settling import Handler, Settler

# A handler has to be faster: while it runs, nothing answers the broker.
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
    def __init__(
        self,
        settings: Settings,
        reader: EventReader,
        ledger: Ledger,
        handler: Handler,
    ) -> None:
        self._settings = settings
        self._reader = reader
        self._ledger = ledger
        self._handler = handler
        self._stopping = False

    def run(self) -> None:
        """Consumes until SIGTERM or SIGINT; reconnects whenever it must.

        It stops after the message in hand.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        failures = 0
        while not self._stopping:
            try:
                with self._connect() as connection:
                    channel = self._prepare(connection)
                    settler = self._settler(connection)
                    failures = 0
                    self._consume(channel, settler)
            except (AMQPError, OSError) as error:
                _refuse_mismatch(error)
                log("warn", "the broker is away", error=repr(error))
                failures += 1
                self._pause(backoff(failures))

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _connect(self) -> pika.BlockingConnection:
        """To the first node of the list that answers."""
        nodes = [pika.URLParameters(url) for url in self._settings.broker_urls]
        for node in nodes:
            node.heartbeat = HEARTBEAT_SECONDS
            node.blocked_connection_timeout = HEARTBEAT_SECONDS
            node.client_properties = {"connection_name": self._settings.queue}
        return pika.BlockingConnection(nodes)

    def _prepare(self, connection: pika.BlockingConnection) -> BlockingChannel:
        channel = connection.channel()
        topology.declare(
            channel,
            self._settings.queue,
            self._settings.binding_key,
            self._settings.policy.delays_ms,
        )
        channel.basic_qos(prefetch_count=1)
        return channel

    def _settler(self, connection: pika.BlockingConnection) -> Settler:
        publishing = connection.channel()
        publishing.confirm_delivery()
        return Settler(
            self._settings.queue,
            self._settings.policy,
            self._settings.crash_limit,
            self._reader,
            self._ledger,
            self._handler,
            publishing,
            is_stopping=lambda: self._stopping,
        )

    def _consume(self, channel: BlockingChannel, settler: Settler) -> None:
        """Ends when it is to stop, and when the broker cancels the consumer.

        It does that when the queue was deleted.
        """
        log("info", "consuming", queue=self._settings.queue)
        deliveries = channel.consume(
            self._settings.queue, inactivity_timeout=0.5
        )
        for method, properties, body in deliveries:
            if method and not self._stopping:
                settler.settle(method, properties, body)
                channel.basic_ack(method.delivery_tag)
            if self._stopping:
                break
        # What was delivered meanwhile goes back to the queue.
        channel.cancel()

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(0.05)


def backoff(failures: int) -> float:
    """Seconds, exponential with jitter, between 0.1 and 5."""
    return random.uniform(0.1, min(5.0, 0.2 * 2 ** min(failures, 10)))


def _refuse_mismatch(error: Exception) -> None:
    """What exists with other arguments is nothing to try again."""
    if (
        isinstance(error, ChannelClosedByBroker)
        and error.reply_code == PRECONDITION_FAILED
    ):
        sys.exit(f"{error.reply_text}. Nothing was changed.")
