"""A consumer of Usher's events: counts who registered, by language."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from consumer import Consumer, Settings
from events import Event, EventReader
from failures import Policy
from ledger import Ledger
from topology import parse_duration

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"

T = TypeVar("T")

REGISTRATIONS = """
CREATE TABLE IF NOT EXISTS registrations (
    locale TEXT PRIMARY KEY,
    people INTEGER NOT NULL
)
"""


def count_registration(event: Event, database: sqlite3.Connection) -> None:
    database.execute(
        "INSERT INTO registrations (locale, people) VALUES (?, 1)"
        " ON CONFLICT (locale) DO UPDATE SET people = people + 1",
        (event["data"]["locale"],),
    )


def settings_from(environment: Mapping[str, str]) -> Settings:
    """The variables and defaults of Usher's own workers.

    Raises ValueError, which names the variable.
    """

    def parsed(name: str, default: str, parse: Callable[[str], T]) -> T:
        try:
            return parse(environment.get(name) or default)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error

    return Settings(
        broker_urls=parsed("RABBITMQ_URL", "", broker_urls),
        queue=environment.get("QUEUE")
        or "python-consumer.count-registrations",
        binding_key="user.registered.*",
        policy=Policy(
            parsed("CONSUMER_RETRY_DELAYS", "1s,10s,1m,10m", rising_durations),
            parsed("CONSUMER_RETRY_FOR", "24h", parse_duration),
        ),
        crash_limit=parsed("CRASH_LIMIT", "10", crash_limit),
    )


def broker_urls(text: str) -> list[str]:
    urls = text.split(",")
    if not all(url.startswith(("amqp://", "amqps://")) for url in urls):
        raise ValueError("expected amqp:// addresses, separated by commas")
    return urls


def rising_durations(text: str) -> list[int]:
    delays = [parse_duration(part) for part in text.split(",")]
    if sorted(set(delays)) != delays:
        raise ValueError("expected rising durations such as 1s,10s,1m")
    return delays


def crash_limit(text: str) -> int:
    if not text.isdecimal() or not 2 <= int(text) <= 49:
        raise ValueError("expected a number from 2 to 49")
    return int(text)


def main() -> None:
    try:
        settings = settings_from(os.environ)
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(78)
    ledger = Ledger(
        os.environ.get("LEDGER_FILE", "registrations.sqlite"), REGISTRATIONS
    )
    reader = EventReader([SCHEMAS / "user.registered.v1.json"])
    Consumer(settings, reader, ledger, count_registration).run()
    ledger.close()


if __name__ == "__main__":
    main()
