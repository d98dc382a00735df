"""What happens to a message that failed, and the headers that tell of it."""

from __future__ import annotations

import re
import secrets
import socket
import time
import traceback
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone

LAST_ERROR_MAX_CHARACTERS = 1_000
STACK_MAX_BYTES = 8_192


class PermanentError(Exception):
    """The event can never be handled: it is dead-lettered at once."""


class DependencyUnavailableError(Exception):
    """The handler cannot reach what it needs.

    The event waits without using up an attempt.
    """


class InvalidMessageError(PermanentError):
    """The message is not an event that fits its type's schema."""


class UnknownEventTypeError(PermanentError):
    """The message's type is none that this consumer reads."""


class CrashLimitError(PermanentError):
    """The message came back too often without an outcome.

    It is taken for one that kills the process.
    """


REASONS = {
    InvalidMessageError: "invalid",
    UnknownEventTypeError: "unknown-type",
    CrashLimitError: "delivery-limit",
}
# The handler was run, so that an attempt was used up.
RAN = ("permanent", "exhausted")


@dataclass(frozen=True)
class History:
    """What a message tells of its own past.

    A header that is missing or makes no sense counts as nothing.
    """

    failed_attempts: int
    first_failed_at: datetime | None
    replay_count: int

    @classmethod
    def of(cls, headers: dict[str, object] | None) -> History:
        headers = headers or {}
        return cls(
            failed_attempts=_natural_number(headers.get("retry-attempt")),
            first_failed_at=_instant(headers.get("first-failed-at")),
            replay_count=_natural_number(headers.get("replay-count")),
        )


@dataclass(frozen=True)
class Policy:
    """Attempts = the number of delays + 1.

    A dependency is waited for up to `retry_for_ms`.
    """

    delays_ms: list[int]
    retry_for_ms: int


@dataclass(frozen=True)
class Wait:
    delay_ms: int
    counts_attempt: bool


@dataclass(frozen=True)
class DeadLetter:
    reason: str


def decide(
    error: Exception,
    failed_attempts: int,
    failing_for_ms: float,
    policy: Policy,
) -> Wait | DeadLetter:
    """Decides by the kind of error and by the message's past.

    A failure of the handler goes through the delays one by one. A dependency
    that is away is tried again about as long after as it has been away.
    """
    if isinstance(error, PermanentError):
        return DeadLetter(REASONS.get(type(error), "permanent"))
    if isinstance(error, DependencyUnavailableError):
        if failing_for_ms >= policy.retry_for_ms:
            return DeadLetter("exhausted")
        passed = [
            delay for delay in policy.delays_ms if delay <= failing_for_ms
        ]
        return Wait((passed or policy.delays_ms[:1])[-1], counts_attempt=False)
    if failed_attempts >= len(policy.delays_ms):
        return DeadLetter("exhausted")
    return Wait(policy.delays_ms[failed_attempts], counts_attempt=True)


def retry_headers(history: History, error: Exception) -> dict[str, object]:
    """All headers of the copy: none of the broker's `x-*` is copied."""
    return {
        "retry-attempt": history.failed_attempts,
        "first-failed-at": _iso(history.first_failed_at),
        "last-error": describe(error),
        **_replay_count(history),
    }


def dead_letter_headers(
    history: History,
    error: Exception,
    reason: str,
    consumer: str,
    exchange: str,
    routing_key: str,
) -> dict[str, object]:
    now = datetime.now(timezone.utc)
    return {
        "dead-letter-id": uuid7(),
        "dead-letter-reason": reason,
        "exception-type": type(error).__name__,
        "exception-message": describe(error),
        "exception-stack": _stack(error),
        "attempts": history.failed_attempts,
        "consumer": consumer,
        "original-exchange": exchange,
        "original-routing-key": routing_key,
        "first-failed-at": _iso(history.first_failed_at or now),
        "dead-lettered-at": _iso(now),
        "host": socket.gethostname(),
        **_replay_count(history),
    }


def describe(error: Exception) -> str:
    """An error in one bounded line."""
    return re.sub(r"[\s\0]+", " ", str(error))[:LAST_ERROR_MAX_CHARACTERS]


def uuid7() -> str:
    """Sorts by time (RFC 9562, section 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (
        milliseconds << 80
        | 0x7 << 76
        | secrets.randbits(12) << 64
        | 0b10 << 62
        | secrets.randbits(62)
    )
    return str(uuid.UUID(int=value))


def _stack(error: Exception) -> str:
    text = "".join(traceback.format_exception(error))
    return text.encode()[:STACK_MAX_BYTES].decode(errors="ignore")


def _replay_count(history: History) -> dict[str, object]:
    return (
        {"replay-count": history.replay_count} if history.replay_count else {}
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _natural_number(value: object) -> int:
    is_count = (
        isinstance(value, int)
        and not isinstance(value, bool)
        and 0 <= value < 1_000_000
    )
    return value if is_count else 0


def _instant(value: object) -> datetime | None:
    """A moment in the past."""
    try:
        moment = (
            datetime.fromisoformat(value) if isinstance(value, str) else None
        )
        return (
            moment if moment and moment <= datetime.now(timezone.utc) else None
        )
    except (TypeError, ValueError):
        return None
