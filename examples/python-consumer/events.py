"""From the bytes of a message to an event that can be relied on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from failures import InvalidMessageError, UnknownEventTypeError

CLOUDEVENTS_JSON = "application/cloudevents+json"

Event = dict[str, Any]


class EventReader:
    """Reads the types of which it has a schema, and refuses all others."""

    def __init__(self, schema_files: list[Path]) -> None:
        self._validators: dict[str, Draft202012Validator] = {}
        for path in schema_files:
            schema = json.loads(path.read_text(encoding="utf-8"))
            self._validators[schema["title"]] = Draft202012Validator(schema)

    def read(self, body: bytes, content_type: str | None) -> Event:
        """Raises InvalidMessageError or UnknownEventTypeError.

        Their texts repeat no personal data.
        """
        if (
            content_type is not None
            and _media_type(content_type) != CLOUDEVENTS_JSON
        ):
            raise InvalidMessageError(
                f"content type '{content_type}' is not {CLOUDEVENTS_JSON}"
            )
        event = _parse(body)
        event_type = event.get("type") if isinstance(event, dict) else None
        if isinstance(event_type, str) and event_type not in self._validators:
            known = ", ".join(self._validators)
            raise UnknownEventTypeError(
                f"type '{event_type}' is not one of: {known}"
            )
        # What has no type at all fails any of the schemas.
        validator = self._validators.get(str(event_type)) or next(
            iter(self._validators.values())
        )
        problems = sorted(
            _describe(error) for error in validator.iter_errors(event)
        )
        if problems:
            raise InvalidMessageError("; ".join(problems))
        if event["data"].get("userId", event["subject"]) != event["subject"]:
            raise InvalidMessageError("data.userId: is not the subject")
        return event


def _describe(error: ValidationError) -> str:
    """The field and the rule; jsonschema's own text repeats the value."""
    field = ".".join(map(str, error.absolute_path)) or "body"
    is_absent = error.validator == "required"
    return f"{field}: {error.message if is_absent else error.validator}"


def _media_type(content_type: str) -> str:
    return content_type.split(";")[0].strip().lower()


def _parse(body: bytes) -> object:
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except ValueError as error:  # What both raise is one.
        raise InvalidMessageError("the body is not JSON in UTF-8") from error


def _refuse(constant: str) -> object:
    """NaN and Infinity, which Python would take for numbers."""
    raise ValueError(f"{constant} is not JSON")
