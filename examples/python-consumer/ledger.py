"""Which events were handled.

Effect and record share one transaction: a repeated event has no second effect.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

TABLE = """
CREATE TABLE IF NOT EXISTS deliveries (
    event_id   TEXT PRIMARY KEY,
    handled_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
)
"""


class Ledger:
    """An SQLite file that several processes of this consumer may share."""

    def __init__(self, path: str, *tables: str) -> None:
        # isolation_level None: this class begins and ends transactions itself.
        self._database = sqlite3.connect(
            path, isolation_level=None, timeout=10
        )
        self._database.execute("PRAGMA journal_mode = WAL")
        for statement in (TABLE, *tables):
            self._database.execute(statement)

    def once(
        self, event_id: str, effect: Callable[[sqlite3.Connection], None]
    ) -> bool:
        """Runs `effect` and records the event, both or neither.

        False: it was handled before.
        """
        # IMMEDIATE: a concurrent copy waits here until this one has ended.
        self._database.execute("BEGIN IMMEDIATE")
        try:
            is_new = not self.is_done(event_id)
            if is_new:
                self._database.execute(
                    "INSERT INTO deliveries (event_id) VALUES (?)", (event_id,)
                )
                effect(self._database)
            self._database.execute("COMMIT")
            return is_new
        except BaseException:
            self._database.rollback()
            raise

    def is_done(self, event_id: str) -> bool:
        found = self._database.execute(
            "SELECT 1 FROM deliveries WHERE event_id = ?", (event_id,)
        )
        return found.fetchone() is not None

    def close(self) -> None:
        self._database.close()
