"""The parts that need no broker.

python3 -m unittest discover examples/python-consumer
"""

from __future__ import annotations

import json
import sqlite3
import unittest
from datetime import datetime, timedelta, timezone

from events import CLOUDEVENTS_JSON, EventReader
from failures import (
    CrashLimitError,
    DeadLetter,
    DependencyUnavailableError,
    History,
    InvalidMessageError,
    PermanentError,
    Policy,
    UnknownEventTypeError,
    Wait,
    dead_letter_headers,
    decide,
    retry_headers,
    uuid7,
)
from ledger import Ledger
from main import REGISTRATIONS, SCHEMAS, count_registration, settings_from
from topology import format_duration, parse_duration, retry_queue

POLICY = Policy(delays_ms=[1_000, 60_000], retry_for_ms=3_600_000)
SCHEMA = SCHEMAS / "user.registered.v1.json"


def example() -> dict:
    """An event with the data that the schema itself gives as the example."""
    data = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"][
        "data"
    ]["examples"][0]
    return {
        "specversion": "1.0",
        "id": "01a20677-33ab-7d16-9c1f-5a3d2b1c0e4f",
        "source": "api",
        "type": "user.registered.v1",
        "subject": data["userId"],
        "time": "2026-11-23T03:33:25.076Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:usher:event:user.registered.v1",
        "correlationid": "request-1",
        "data": data,
    }


class Durations(unittest.TestCase):
    def test_are_spelled_with_the_largest_unit_that_divides_them(self) -> None:
        spelled = {
            "60s": "1m",
            "90s": "90s",
            "1000ms": "1s",
            "24h": "1d",
            "100ms": "100ms",
        }
        for text, canonical in spelled.items():
            self.assertEqual(format_duration(parse_duration(text)), canonical)
        self.assertEqual(retry_queue("a.b", 600_000), "a.b.retry.10m")

    def test_have_a_unit(self) -> None:
        for text in ("10", "0s", "-1s", "1.5s", "", "1 s", "s"):
            with self.assertRaises(ValueError):
                parse_duration(text)


class Decisions(unittest.TestCase):
    def test_go_through_the_delays_one_by_one(self) -> None:
        failed = [
            decide(ValueError(), attempts, 0, POLICY) for attempts in range(3)
        ]
        self.assertEqual(
            failed,
            [Wait(1_000, True), Wait(60_000, True), DeadLetter("exhausted")],
        )

    def test_give_up_at_once_what_can_never_be_handled(self) -> None:
        errors = {
            PermanentError(): "permanent",
            InvalidMessageError(): "invalid",
            UnknownEventTypeError(): "unknown-type",
            CrashLimitError(): "delivery-limit",
        }
        for error, reason in errors.items():
            self.assertEqual(decide(error, 0, 0, POLICY), DeadLetter(reason))

    def test_wait_for_a_dependency_without_counting(self) -> None:
        away = DependencyUnavailableError()
        self.assertEqual(decide(away, 7, 0, POLICY), Wait(1_000, False))
        self.assertEqual(decide(away, 7, 59_999, POLICY), Wait(1_000, False))
        self.assertEqual(decide(away, 7, 60_000, POLICY), Wait(60_000, False))
        self.assertEqual(
            decide(away, 7, 3_600_000, POLICY), DeadLetter("exhausted")
        )


class Headers(unittest.TestCase):
    def test_are_read_as_they_were_written(self) -> None:
        history = History(
            2, datetime(2026, 1, 2, 3, 4, 5, 678_000, timezone.utc), 1
        )
        headers = retry_headers(history, ValueError("not\nyet"))
        self.assertEqual(
            headers["first-failed-at"], "2026-01-02T03:04:05.678Z"
        )
        self.assertEqual(headers["last-error"], "not yet")
        self.assertEqual(History.of(headers), history)

    def test_that_make_no_sense_count_as_nothing(self) -> None:
        future = (datetime.now(timezone.utc) + timedelta(days=1)).isoformat()
        for junk in (
            None,
            True,
            -1,
            "three",
            1_000_000,
            [],
            future,
            "2026-01-02",
        ):
            headers = {
                "retry-attempt": junk,
                "replay-count": junk,
                "first-failed-at": junk,
            }
            self.assertEqual(History.of(headers), History(0, None, 0))
        self.assertEqual(History.of(None), History(0, None, 0))

    def test_are_bounded(self) -> None:
        error = ValueError("ü" * 20_000)
        headers = dead_letter_headers(
            History(0, None, 0), error, "permanent", "q", "", "q"
        )
        self.assertEqual(len(headers["exception-message"]), 1_000)
        self.assertLessEqual(len(headers["exception-stack"].encode()), 8_192)

    def test_have_an_id_that_sorts_by_time(self) -> None:
        self.assertRegex(
            uuid7(),
            r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-",
        )


class Events(unittest.TestCase):
    def setUp(self) -> None:
        self.reader = EventReader([SCHEMA])

    def read(self, event: object) -> dict:
        return self.reader.read(json.dumps(event).encode(), CLOUDEVENTS_JSON)

    def test_that_fit_their_schema_are_read(self) -> None:
        self.assertEqual(self.read(example()), example())

    def test_say_which_field_is_wrong_and_repeat_no_value(self) -> None:
        event = example()
        event["data"]["email"] = "secret"
        with self.assertRaisesRegex(
            InvalidMessageError, r"^data\.email: (format|pattern)$"
        ):
            self.read(event)
        del event["data"]["email"]
        with self.assertRaisesRegex(
            InvalidMessageError, "'email' is a required property"
        ):
            self.read(event)


class Effects(unittest.TestCase):
    def setUp(self) -> None:
        self.ledger = Ledger(":memory:", REGISTRATIONS)
        self.addCleanup(self.ledger.close)

    def people(self) -> list[tuple]:
        counted: list[tuple] = []
        self.ledger.once(
            f"look-{len(counted)}-{uuid7()}",
            lambda database: counted.extend(
                database.execute("SELECT * FROM registrations")
            ),
        )
        return counted

    def test_happen_once(self) -> None:
        count = lambda database: count_registration(
            example(), database
        )  # noqa: E731
        self.assertTrue(self.ledger.once("one", count))
        self.assertFalse(self.ledger.once("one", count))
        self.assertEqual(self.people(), [("en", 1)])

    def test_that_fail_leave_nothing_behind(self) -> None:
        def fail_after_the_effect(database: sqlite3.Connection) -> None:
            count_registration(example(), database)
            raise ValueError("not yet")

        with self.assertRaises(ValueError):
            self.ledger.once("one", fail_after_the_effect)
        self.assertFalse(self.ledger.is_done("one"))
        self.assertEqual(self.people(), [])


class Variables(unittest.TestCase):
    def test_have_the_defaults_of_every_worker(self) -> None:
        settings = settings_from({"RABBITMQ_URL": "amqp://one,amqp://two"})
        self.assertEqual(settings.broker_urls, ["amqp://one", "amqp://two"])
        self.assertEqual(
            settings.policy,
            Policy([1_000, 10_000, 60_000, 600_000], 86_400_000),
        )
        self.assertEqual(settings.crash_limit, 10)

    def test_are_refused_by_name(self) -> None:
        url = {"RABBITMQ_URL": "amqp://one"}
        refused = {
            "RABBITMQ_URL": {},
            "CONSUMER_RETRY_DELAYS": {
                **url,
                "CONSUMER_RETRY_DELAYS": "10s,1s",
            },
            "CRASH_LIMIT": {**url, "CRASH_LIMIT": "1"},
        }
        for name, environment in refused.items():
            with self.assertRaisesRegex(ValueError, name):
                settings_from(environment)


if __name__ == "__main__":
    unittest.main()
