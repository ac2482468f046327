"""Telling the customer what became of messages, as a line's settings in the panel say.

Each change of status is one call with `messageid` and `status`. Another answer than 200 is repeated every two
minutes, thirty times. Nothing is signed, and the order is not guaranteed.
"""

from __future__ import annotations

import http.client
import sqlite3
import threading
from collections.abc import Callable
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, build_opener

from simulators.sms import codes
from simulators.sms.outbox import KAVENEGAR, status_of
from simulators.store import Store

EVERY_SECONDS = 0.5
REPEAT_AFTER = 120
MOST_REPEATS = 30
TIMEOUT = 5
METHODS = ("POST", "GET")
BATCH = 200

SCHEMA = """
CREATE TABLE IF NOT EXISTS hooks (
    line TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    method TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    messageid INTEGER NOT NULL,
    status INTEGER NOT NULL,
    line TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    open INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX IF NOT EXISTS calls_open ON calls (due) WHERE open;
"""
# Messages whose last told status was not a final one.
_CHANGING = (
    "SELECT messages.* FROM messages JOIN hooks ON hooks.line = messages.sender"
    f" WHERE provider = ? AND told NOT IN ({','.join(map(str, sorted(codes.FINAL)))})"
    " AND send_at <= ? ORDER BY messageid LIMIT ?"
)


class Callbacks:
    """The lines' addresses and the calls to them; `run` makes the calls until the program stops."""

    def __init__(self, store: Store, now: Callable[[], int], stopping: threading.Event) -> None:
        self._store = store
        self._now = now
        self._stopping = stopping
        self._opener = build_opener()

    def start(self) -> threading.Thread:
        """Call in a thread of its own."""
        thread = threading.Thread(target=self._run, name="sms-callbacks", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_SECONDS):
            try:
                self.turn()
            except sqlite3.Error:
                return  # the data folder was closed while a call was under way

    def turn(self) -> int:
        """Note what changed and make the calls that are due; returns how many were made."""
        if not self.hooks():
            return 0
        self._note_changes()
        with self._store.transaction() as database:
            due = database.execute(
                "SELECT calls.*, url, method FROM calls JOIN hooks USING (line)"
                " WHERE open AND due <= ? ORDER BY calls.id LIMIT ?",
                (self._now(), BATCH),
            ).fetchall()
        for call in due:
            self._close(call, self._answer(call))
        return len(due)

    def _note_changes(self) -> None:
        now = self._now()
        with self._store.transaction() as database:
            rows = database.execute(_CHANGING, (KAVENEGAR, now, BATCH)).fetchall()
            for row in rows:
                status = status_of(row, now)
                if status not in (row["told"], codes.QUEUED):
                    database.execute(
                        "INSERT INTO calls (messageid, status, line, due) VALUES (?, ?, ?, ?)",
                        (row["messageid"], status, row["sender"], now),
                    )
                    database.execute(
                        "UPDATE messages SET told = ? WHERE messageid = ?",
                        (status, row["messageid"]),
                    )

    def _answer(self, call: sqlite3.Row) -> str:
        fields = urlencode({"messageid": call["messageid"], "status": call["status"]})
        if call["method"] == "GET":
            mark = "&" if "?" in call["url"] else "?"
            request = Request(f"{call['url']}{mark}{fields}")
        else:
            request = Request(call["url"], fields.encode())
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return str(answer.status)
        except URLError as problem:
            return str(getattr(problem, "code", "")) or type(problem.reason).__name__
        except (OSError, http.client.HTTPException, ValueError) as problem:
            return type(problem).__name__

    def _close(self, call: sqlite3.Row, answer: str) -> None:
        tries = call["tries"] + 1
        is_open = answer != "200" and tries <= MOST_REPEATS
        with self._store.transaction() as database:
            database.execute(
                "UPDATE calls SET tries = ?, due = ?, answer = ?, open = ? WHERE id = ?",
                (tries, self._now() + REPEAT_AFTER, answer, is_open, call["id"]),
            )

    def hook(self, line: str, url: str, method: str = "POST") -> None:
        """Let a line's changes be told to an address; an empty one ends it."""
        with self._store.transaction() as database:
            database.execute("DELETE FROM hooks WHERE line = ?", (line,))
            if url:
                database.execute("INSERT INTO hooks VALUES (?, ?, ?)", (line, url, method))

    def hooks(self) -> list[sqlite3.Row]:
        """Every line with an address."""
        with self._store.transaction() as database:
            return database.execute("SELECT * FROM hooks ORDER BY line").fetchall()

    def calls(self, limit: int = 200) -> list[sqlite3.Row]:
        """The last calls, newest first."""
        with self._store.transaction() as database:
            return database.execute(
                "SELECT * FROM calls ORDER BY id DESC LIMIT ?", (limit,)
            ).fetchall()

    def clear(self) -> None:
        """Forget the calls; the lines keep their addresses."""
        with self._store.transaction() as database:
            database.execute("DELETE FROM calls")
