"""A consumer of Usher's events: counts who registered, by language."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path

from consumer import Consumer, Settings
from events import Event, EventReader
from failures import Policy
from ledger import Ledger
from topology import parse_duration

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"

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

    Raises ValueError.
    """
    delays_ms = [
        parse_duration(part)
        for part in environment.get(
            "CONSUMER_RETRY_DELAYS", "1s,10s,1m,10m"
        ).split(",")
    ]
    if sorted(set(delays_ms)) != delays_ms:
        raise ValueError(
            "CONSUMER_RETRY_DELAYS: expected rising durations, as 1s,10s,1m"
        )
    if not environment.get("RABBITMQ_URL"):
        raise ValueError("RABBITMQ_URL: is missing")
    crash_limit = int(environment.get("CRASH_LIMIT", "10"))
    if not 2 <= crash_limit <= 49:
        raise ValueError("CRASH_LIMIT: expected 2 to 49")
    return Settings(
        broker_urls=environment["RABBITMQ_URL"].split(","),
        queue=environment.get("QUEUE", "python-consumer.count-registrations"),
        binding_key="user.registered.*",
        policy=Policy(
            delays_ms,
            parse_duration(environment.get("CONSUMER_RETRY_FOR", "24h")),
        ),
        crash_limit=crash_limit,
    )


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
