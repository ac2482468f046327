"""The messages that the providers have accepted, their cost, and how their status moves with time."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulators.sms import blocking, codes
from simulators.store import Store

FIRST_ID = 8_792_343_001
KAVENEGAR, SMSIR = "kavenegar", "smsir"
# What an account begins with, and the price of a part: in rial, and in messages.
START_CREDIT = {KAVENEGAR: 50_000_000, SMSIR: 10_000}
PRICE_OF_PART = {KAVENEGAR: 1_200, SMSIR: 1}
CREDIT = {KAVENEGAR: "credit", SMSIR: "smsir_credit"}
DEBUG_MODE = "config:debugmode"
# Seconds after the moment of sending at which each status begins.
PROGRESS = ((0, codes.QUEUED), (3, codes.SENT), (6, codes.SENT_TO_OPERATOR))
FINAL_AFTER = 10

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    messageid INTEGER PRIMARY KEY AUTOINCREMENT,
    receptor TEXT NOT NULL,
    message TEXT NOT NULL,
    sender TEXT NOT NULL,
    cost INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    send_at INTEGER NOT NULL,
    localid INTEGER,
    template TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT 'sms',
    tag TEXT NOT NULL DEFAULT '',
    cancelled INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS messages_of_receptor ON messages (receptor, messageid);
CREATE INDEX IF NOT EXISTS messages_of_localid ON messages (localid);
"""
# Columns that a data folder of an earlier version does not have.
LATER_COLUMNS = {
    "provider": f"TEXT NOT NULL DEFAULT '{KAVENEGAR}'",
    "pack": "TEXT NOT NULL DEFAULT ''",
    "blocked": "INTEGER NOT NULL DEFAULT 0",
    "told": "INTEGER NOT NULL DEFAULT 0",
}


@dataclass(frozen=True)
class Draft:
    """A checked message that waits to be accepted; ``send_at`` 0 means now."""

    receptor: str
    message: str
    sender: str
    send_at: int = 0
    localid: int | None = None
    template: str = ""
    kind: str = "sms"
    tag: str = ""
    provider: str = KAVENEGAR
    pack: str = ""

    @property
    def is_by_line(self) -> bool:
        """Templates and calls go by the provider's shared service lines, which nobody blocks."""
        return not self.template and self.kind == "sms"


def parts_of(text: str) -> int:
    """How many SMS parts the text costs; UTF-16 units, 70/67 for Persian, 160/153 for ASCII."""
    units = len(text.encode("utf-16-le")) // 2
    single, each = (160, 153) if text.isascii() else (70, 67)
    return 1 if units <= single else math.ceil(units / each)


def status_of(row: sqlite3.Row, now: int) -> int:
    """The status of a message at this moment of the simulator's clock."""
    if row["cancelled"]:
        return codes.CANCELLED
    age = now - row["send_at"]
    if age < 0:
        return codes.SCHEDULED
    if age >= FINAL_AFTER:
        if row["blocked"]:
            return codes.BLOCKED
        return codes.FINAL_STATUS_OF.get(row["receptor"], codes.DELIVERED)
    return max(step for step in PROGRESS if age >= step[0])[1]


class Outbox:
    """Accepted messages in the simulator's store."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now
        with store.transaction() as database:
            _add_columns(database)
            for provider, setting in CREDIT.items():
                start = str(START_CREDIT[provider])
                database.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (setting, start))
            database.execute(
                "INSERT INTO sqlite_sequence (name, seq) SELECT 'messages', ?"
                " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'messages')",
                (FIRST_ID - 1,),
            )

    def accept(self, drafts: Sequence[Draft]) -> list[dict[str, Any]]:
        """Accept all or none as `take` does; the messages in the shape that Kavenegar shows them."""
        return [entry(row, self._now()) for row in self.take(drafts)]

    def take(self, drafts: Sequence[Draft]) -> list[sqlite3.Row]:
        """Accept all or none, and charge; a localid of the last 12 hours gives its old message.

        Raises codes.RefusedError 418 when the credit is not enough.
        """
        now = self._now()
        with self._store.transaction() as database:
            rows = [
                _known(database, draft, now) or _insert(database, draft, now) for draft in drafts
            ]
            if any(_credit(database, draft.provider) < 0 for draft in drafts[:1]):
                raise codes.RefusedError(codes.NO_CREDIT)
            return rows

    def by_ids(self, ids: Sequence[int]) -> dict[int, sqlite3.Row]:
        """Messages of the last 48 hours by messageid."""
        return self._recent("messageid", ids, codes.STATUS_MEMORY)

    def by_localids(self, ids: Sequence[int]) -> dict[int, sqlite3.Row]:
        """Messages of the last 12 hours by localid."""
        return self._recent("localid", ids, codes.LOCALID_MEMORY)

    def _recent(self, column: str, ids: Sequence[int], memory: int) -> dict[int, sqlite3.Row]:
        marks = ",".join("?" * len(ids))
        with self._store.transaction() as database:
            rows = database.execute(
                f"SELECT * FROM messages WHERE {column} IN ({marks}) AND accepted_at >= ?"
                " AND provider = ? ORDER BY messageid",
                (*ids, self._now() - memory, KAVENEGAR),
            ).fetchall()
        return {row[column]: row for row in rows}

    def where(self, condition: str, values: Sequence[object], limit: int) -> list[sqlite3.Row]:
        """Messages of a condition written in this program, newest first."""
        with self._store.transaction() as database:
            return database.execute(
                f"SELECT * FROM messages WHERE {condition} ORDER BY messageid DESC LIMIT ?",
                (*values, limit),
            ).fetchall()

    def cancel(self, row: sqlite3.Row) -> int:
        """Cancel a message that has not left yet and give its cost back; the status after it."""
        status = status_of(row, self._now())
        if status not in (codes.QUEUED, codes.SCHEDULED):
            return status
        with self._store.transaction() as database:
            database.execute(
                "UPDATE messages SET cancelled = 1 WHERE messageid = ?", (row["messageid"],)
            )
            _charge(database, row["provider"], -row["cost"])
        return codes.CANCELLED

    def credit(self, provider: str = KAVENEGAR) -> int:
        """What is left: rial at Kavenegar, messages at SMS.ir."""
        with self._store.transaction() as database:
            return _credit(database, provider)

    def set_credit(self, amount: int, provider: str = KAVENEGAR) -> None:
        """Fill or empty an account."""
        with self._store.transaction() as database:
            database.execute(
                "UPDATE settings SET value = ? WHERE name = ?", (str(amount), CREDIT[provider])
            )

    def of(self, receptor: str, limit: int = 200) -> list[sqlite3.Row]:
        """The newest messages to one mobile, newest first; to all mobiles if it is empty."""
        with self._store.transaction() as database:
            return database.execute(
                "SELECT * FROM messages WHERE ? IN ('', receptor) ORDER BY messageid DESC LIMIT ?",
                (receptor, limit),
            ).fetchall()

    def receptors(self) -> list[sqlite3.Row]:
        """Each mobile with the number of its messages, the last written-to first."""
        with self._store.transaction() as database:
            return database.execute(
                "SELECT receptor, count(*) AS messages FROM messages GROUP BY receptor"
                " ORDER BY max(messageid) DESC LIMIT 200"
            ).fetchall()

    def clear(self) -> None:
        """Forget the messages and fill the accounts again; ids are not used twice."""
        with self._store.transaction() as database:
            database.execute("DELETE FROM messages")
        for provider, amount in START_CREDIT.items():
            self.set_credit(amount, provider)


def _add_columns(database: sqlite3.Connection) -> None:
    present = {row["name"] for row in database.execute("PRAGMA table_info(messages)")}
    for name, definition in LATER_COLUMNS.items():
        if name not in present:
            database.execute(f"ALTER TABLE messages ADD COLUMN {name} {definition}")
    final = ",".join(map(str, sorted(codes.FINAL)))
    database.execute(
        f"CREATE INDEX IF NOT EXISTS messages_changing ON messages (sender) WHERE told NOT IN ({final})"
    )


def _known(database: sqlite3.Connection, draft: Draft, now: int) -> sqlite3.Row | None:
    if draft.localid is None:
        return None
    row: sqlite3.Row | None = database.execute(
        "SELECT * FROM messages WHERE localid = ? AND accepted_at >= ?",
        (draft.localid, now - codes.LOCALID_MEMORY),
    ).fetchone()
    return row


def _insert(database: sqlite3.Connection, draft: Draft, now: int) -> sqlite3.Row:
    cost = parts_of(draft.message) * PRICE_OF_PART[draft.provider]
    values = {
        "receptor": draft.receptor,
        "message": draft.message,
        "sender": draft.sender,
        "cost": cost,
        "accepted_at": now,
        "send_at": draft.send_at or now,
        "localid": draft.localid,
        "template": draft.template,
        "kind": draft.kind,
        "tag": draft.tag,
        "provider": draft.provider,
        "pack": draft.pack,
        "blocked": draft.is_by_line and blocking.is_blocked(database, draft.receptor, draft.sender),
        # In debug mode everything is taken, nothing sent, and the cost comes back.
        "cancelled": _setting(database, DEBUG_MODE) == "enabled",
    }
    if not values["blocked"] and not values["cancelled"]:
        _charge(database, draft.provider, cost)
    marks = ", ".join("?" * len(values))
    cursor = database.execute(
        f"INSERT INTO messages ({', '.join(values)}) VALUES ({marks})", tuple(values.values())
    )
    row: sqlite3.Row = database.execute(
        "SELECT * FROM messages WHERE messageid = ?", (cursor.lastrowid,)
    ).fetchone()
    return row


def _setting(database: sqlite3.Connection, name: str) -> str:
    row = database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return row["value"] if row else ""


def _credit(database: sqlite3.Connection, provider: str) -> int:
    return int(_setting(database, CREDIT[provider]))


def _charge(database: sqlite3.Connection, provider: str, amount: int) -> None:
    database.execute(
        "UPDATE settings SET value = CAST(value AS INTEGER) - ? WHERE name = ?",
        (amount, CREDIT[provider]),
    )


def entry(row: sqlite3.Row, now: int) -> dict[str, Any]:
    """A message in the shape that the provider shows it."""
    status = status_of(row, now)
    return {
        "messageid": row["messageid"],
        "message": row["message"],
        "status": status,
        "statustext": codes.STATUS_TEXTS[status],
        "sender": row["sender"],
        "receptor": row["receptor"],
        "date": row["send_at"],
        "cost": row["cost"],
    }
