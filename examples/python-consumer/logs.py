"""One JSON line per thing that happened."""

from __future__ import annotations

import json
from datetime import datetime, timezone


def log(level: str, message: str, **fields: object) -> None:
    at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    line = {"level": level, "time": at, **fields, "msg": message}
    print(json.dumps(line), flush=True)
