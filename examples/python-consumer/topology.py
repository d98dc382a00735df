"""What has to exist on the broker: what every consumer of Usher has."""

from __future__ import annotations

import re

from pika.adapters.blocking_connection import BlockingChannel

EVENTS_EXCHANGE = "usher.events"
DEAD_LETTER_EXCHANGE = "usher.dlx"

# Dead-lettering at least once requires reject-publish:
# https://www.rabbitmq.com/docs/quorum-queues#dead-lettering
SAFE_DEAD_LETTERING = {
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}
# A backstop behind CRASH_LIMIT: the broker itself writes none of our headers.
DELIVERY_LIMIT = 50
# RabbitMQ 4 has a default of 20, and -1 loses messages on 3.10.
NO_DELIVERY_LIMIT = 1_000_000_000

UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}


def parse_duration(text: str) -> int:
    """The milliseconds of a duration such as 500ms, 10s or 1m."""
    match = re.fullmatch(r"(\d{1,9})(ms|s|m|h|d)", text.strip(), re.ASCII)
    if not match or int(match[1]) == 0:
        raise ValueError(
            f"{text!r} is not a duration such as 500ms, 10s or 1m"
        )
    return int(match[1]) * UNITS[match[2]]


def format_duration(milliseconds: int) -> str:
    """With the largest unit that divides it: 60000 is 1m, not 60s."""
    unit = next(
        unit for unit, size in UNITS.items() if milliseconds % size == 0
    )
    return f"{milliseconds // UNITS[unit]}{unit}"


def retry_queue(queue: str, delay_ms: int) -> str:
    return f"{queue}.retry.{format_duration(delay_ms)}"


def dead_letter_queue(queue: str) -> str:
    return f"{queue}.dlq"


def declare(
    channel: BlockingChannel,
    queue: str,
    binding_key: str,
    delays_ms: list[int],
) -> None:
    """Declares what is not there yet, and touches no other queue.

    A queue comes after what it dead-letters to.
    Raises ChannelClosedByBroker (406) when one exists with other arguments.
    """
    channel.exchange_declare(EVENTS_EXCHANGE, "topic", durable=True)
    channel.exchange_declare(DEAD_LETTER_EXCHANGE, "direct", durable=True)

    _declare_quorum(
        channel,
        dead_letter_queue(queue),
        {"x-delivery-limit": NO_DELIVERY_LIMIT},
    )
    _declare_quorum(
        channel,
        queue,
        {
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": DEAD_LETTER_EXCHANGE,
            "x-dead-letter-routing-key": queue,
            **SAFE_DEAD_LETTERING,
        },
    )
    for delay_ms in delays_ms:
        # Messages wait here, and go back to this queue alone.
        _declare_quorum(
            channel,
            retry_queue(queue, delay_ms),
            {
                "x-message-ttl": delay_ms,
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": queue,
                "x-delivery-limit": NO_DELIVERY_LIMIT,
                **SAFE_DEAD_LETTERING,
            },
        )
    channel.queue_bind(
        dead_letter_queue(queue), DEAD_LETTER_EXCHANGE, routing_key=queue
    )
    channel.queue_bind(queue, EVENTS_EXCHANGE, routing_key=binding_key)


def _declare_quorum(
    channel: BlockingChannel, queue: str, arguments: dict[str, object]
) -> None:
    channel.queue_declare(
        queue, durable=True, arguments={"x-queue-type": "quorum", **arguments}
    )
