"""examples/python-consumer with a handler that obeys the event."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "examples" / "python-consumer"))

from consumer import Consumer  # noqa: E402
from events import Event, EventReader  # noqa: E402
from failures import DependencyUnavailableError, PermanentError  # noqa: E402
from ledger import Ledger  # noqa: E402
from main import SCHEMAS, settings_from  # noqa: E402

SCRATCH = Path(os.environ["SCRATCH"])


def obey(event: Event, database: sqlite3.Connection) -> None:
    """`<what to do> <in how many runs>`; after those it just works."""
    behaviour, runs = event["data"]["displayName"].split(" ")
    database.execute(
        "INSERT INTO effects (event_id) VALUES (?)", (event["id"],)
    )
    with open(SCRATCH / event["id"], "a", encoding="utf-8") as file:
        file.write("run\n")
    if len(
        (SCRATCH / event["id"]).read_text(encoding="utf-8").splitlines()
    ) > int(runs):
        return
    if behaviour == "fail":
        raise TypeError("not yet")
    if behaviour == "refuse":
        raise PermanentError("never")
    if behaviour == "miss":
        raise DependencyUnavailableError("it is away")
    if behaviour == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if behaviour == "hold":
        while not (SCRATCH / f"{event['id']}.release").exists():
            time.sleep(0.02)


def end_with_parent() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)


threading.Thread(target=end_with_parent, daemon=True).start()
ledger = Ledger(
    os.environ["LEDGER_FILE"],
    "CREATE TABLE IF NOT EXISTS effects (event_id TEXT)",
)
reader = EventReader(
    [
        SCHEMAS / "user.registered.v1.json",
        SCHEMAS / "user.email-verified.v1.json",
    ]
)
Consumer(settings_from(os.environ), reader, ledger, obey).run()
