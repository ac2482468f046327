"""What the bank remembers: order numbers for ever, sales with their states, every call.

Nothing here belongs to one gateway's protocol; the codes live with the gateway.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from simulators.store import Store

VERIFY_WINDOW = 20 * 60
SETTLE_WINDOW = 3 * 60 * 60

SCHEMA = """
CREATE TABLE IF NOT EXISTS order_numbers (
    terminal INTEGER NOT NULL, order_id INTEGER NOT NULL, PRIMARY KEY (terminal, order_id)
);
CREATE TABLE IF NOT EXISTS sales (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    terminal INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    callback_url TEXT NOT NULL,
    ref_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    res_code TEXT NOT NULL DEFAULT '',
    sale_reference_id INTEGER UNIQUE,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    verified_at INTEGER,
    settled_at INTEGER,
    reversed_at INTEGER,
    reversal_reason TEXT NOT NULL DEFAULT '',
    UNIQUE (terminal, order_id)
);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    operation TEXT NOT NULL,
    terminal INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    code TEXT NOT NULL,
    executed INTEGER NOT NULL,
    fault TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS calls_of_sale ON calls (terminal, order_id);
"""


class State(StrEnum):
    """Where a sale stands. HELD money is in SOLD and VERIFIED, taken money in SETTLED only."""

    REQUESTED = "REQUESTED"
    CANCELLED = "CANCELLED"
    DECLINED = "DECLINED"
    SOLD = "SOLD"
    VERIFIED = "VERIFIED"
    SETTLED = "SETTLED"
    REVERSED = "REVERSED"


MOMENT_OF = {
    State.VERIFIED: "verified_at",
    State.SETTLED: "settled_at",
    State.REVERSED: "reversed_at",
}
Decision = tuple[str, State | None]


@dataclass(frozen=True)
class Terms:
    """A bank's name and its time limits in seconds; where nothing is to be settled, that limit is never met."""

    bank: str
    verify_window: int = VERIFY_WINDOW
    settle_window: int = SETTLE_WINDOW


@dataclass(frozen=True)
class Sale:
    """One sale; amount in rial, moments in Unix seconds of the simulator's clock."""

    id: int
    terminal: int
    order_id: int
    amount: int
    callback_url: str
    ref_id: str
    state: State
    res_code: str
    sale_reference_id: int | None
    created_at: int
    finished_at: int | None
    verified_at: int | None
    settled_at: int | None
    reversed_at: int | None
    reversal_reason: str

    def lapses(self, terms: Terms, now: int) -> str:
        """Why the bank gives the money back by itself by now; empty if it does not."""
        if self.state == State.SOLD and now > (self.finished_at or 0) + terms.verify_window:
            return "not verified in time"
        if self.state == State.VERIFIED and now > (self.verified_at or 0) + terms.settle_window:
            return "not settled in time"
        return ""


def _sale(row: sqlite3.Row) -> Sale:
    values = dict(row)
    values["state"] = State(values["state"])
    return Sale(**values)


class Ledger:
    """The banks' books in the simulator's store; a terminal says whose sale it is."""

    def __init__(self, store: Store, terms: Mapping[int, Terms]) -> None:
        self._store = store
        self._terms = terms

    def claim_order(self, terminal: int, order_id: int) -> bool:
        """Use up an order number; False if this terminal has ever sent it before."""
        with self._store.transaction() as database:
            cursor = database.execute(
                "INSERT OR IGNORE INTO order_numbers VALUES (?, ?)", (terminal, order_id)
            )
        return cursor.rowcount == 1

    def open(
        self, terminal: int, order_id: int, amount: int, callback_url: str, ref_id: str, now: int
    ) -> None:
        """Begin a sale under the name that the payer's browser will bring (RefId, token, authority)."""
        with self._store.transaction() as database:
            database.execute(
                "INSERT INTO sales (terminal, order_id, amount, callback_url, ref_id, state,"
                " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (terminal, order_id, amount, callback_url, ref_id, State.REQUESTED, now),
            )

    def by_ref_id(self, terminal: int, ref_id: str, now: int) -> Sale | None:
        """The terminal's sale of this name, letter case included, as its time limits left it."""
        with self._store.transaction() as database:
            row = database.execute(
                "SELECT * FROM sales WHERE terminal = ? AND ref_id = ?", (terminal, ref_id)
            ).fetchone()
            return self._lapse(database, _sale(row), now) if row else None

    def unverified(self, terminal: int, now: int) -> list[Sale]:
        """The terminal's sales that were paid and wait for the merchant's word, newest first."""
        with self._store.transaction() as database:
            rows = database.execute(
                "SELECT * FROM sales WHERE terminal = ? AND state = ? ORDER BY id DESC",
                (terminal, State.SOLD),
            ).fetchall()
            sales = [self._lapse(database, _sale(row), now) for row in rows]
        return [sale for sale in sales if sale.state == State.SOLD]

    def finish(self, sale: Sale, state: State, res_code: str, now: int) -> Sale:
        """Record the card holder's choice, once; a later choice leaves the first as it is."""
        reference = secrets.randbelow(9 * 10**11) + 10**11 if state == State.SOLD else None
        with self._store.transaction() as database:
            database.execute(
                "UPDATE sales SET state = ?, res_code = ?, sale_reference_id = ?, finished_at = ?"
                " WHERE id = ? AND state = ?",
                (state, res_code, reference, now, sale.id, State.REQUESTED),
            )
            row = database.execute("SELECT * FROM sales WHERE id = ?", (sale.id,)).fetchone()
        return _sale(row)

    def decide(
        self,
        terminal: int,
        order_id: int,
        reference: int,
        decisions: Mapping[State, Decision],
        unknown: str,
        now: int,
    ) -> str:
        """Look the sale up, let its time limits run out, move it as decided; return the code."""
        with self._store.transaction() as database:
            row = database.execute(
                "SELECT * FROM sales WHERE terminal = ? AND order_id = ? AND sale_reference_id = ?",
                (terminal, order_id, reference),
            ).fetchone()
            if row is None:
                return unknown
            return self._carry_out(database, _sale(row), decisions, now)

    def decide_for(self, sale: Sale, decisions: Mapping[State, Decision], now: int) -> str:
        """The same for a sale that was found already."""
        with self._store.transaction() as database:
            row = database.execute("SELECT * FROM sales WHERE id = ?", (sale.id,)).fetchone()
            return self._carry_out(database, _sale(row), decisions, now)

    def _carry_out(
        self,
        database: sqlite3.Connection,
        sale: Sale,
        decisions: Mapping[State, Decision],
        now: int,
    ) -> str:
        sale = self._lapse(database, sale, now)
        code, state = decisions[sale.state]
        if state is not None:
            _move(database, sale, state, now, "asked by the merchant")
        return code

    def _lapse(self, database: sqlite3.Connection, sale: Sale, now: int) -> Sale:
        reason = sale.lapses(self._terms_of(sale), now)
        if not reason:
            return sale
        _move(database, sale, State.REVERSED, now, reason)
        return _sale(database.execute("SELECT * FROM sales WHERE id = ?", (sale.id,)).fetchone())

    def _terms_of(self, sale: Sale) -> Terms:
        return self._terms.get(sale.terminal, Terms("another terminal"))

    def record_call(
        self,
        operation: str,
        terminal: int,
        order_id: int,
        code: str,
        executed: bool,
        fault: str,
        now: int,
    ) -> None:
        """Keep that a call arrived, what it did and how its answer was spoiled."""
        with self._store.transaction() as database:
            database.execute(
                "INSERT INTO calls (operation, terminal, order_id, code, executed, fault, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (operation, terminal, order_id, code, executed, fault, now),
            )

    def report(self, now: int) -> dict[str, Any]:
        """Every sale with its calls, and the sums: what was really taken and what is held."""
        with self._store.transaction() as database:
            rows = database.execute("SELECT * FROM sales ORDER BY id").fetchall()
            sales = [self._lapse(database, _sale(row), now) for row in rows]
            calls = database.execute("SELECT * FROM calls ORDER BY id").fetchall()
        by_sale: dict[tuple[int, int], list[sqlite3.Row]] = {}
        for call in calls:
            by_sale.setdefault((call["terminal"], call["order_id"]), []).append(call)
        entries = [
            {"bank": self._terms_of(sale).bank}
            | _entry(sale, by_sale.get((sale.terminal, sale.order_id), []))
            for sale in sales
        ]
        held = (s.amount for s in sales if s.state in (State.SOLD, State.VERIFIED))
        return {
            "now": now,
            "taken": sum(entry["taken"] for entry in entries),
            "held": sum(held),
            "taken_by_bank": {
                terms.bank: sum(one["taken"] for one in entries if one["bank"] == terms.bank)
                for terms in self._terms.values()
            },
            "sales": entries,
        }


def _move(database: sqlite3.Connection, sale: Sale, state: State, now: int, reason: str) -> None:
    database.execute(
        f"UPDATE sales SET state = ?, {MOMENT_OF[state]} = ? WHERE id = ?", (state, now, sale.id)
    )
    if state == State.REVERSED:
        database.execute("UPDATE sales SET reversal_reason = ? WHERE id = ?", (reason, sale.id))
    if state == State.SETTLED and sale.verified_at is None:
        database.execute("UPDATE sales SET verified_at = ? WHERE id = ?", (now, sale.id))


def _entry(sale: Sale, calls: list[sqlite3.Row]) -> dict[str, Any]:
    history = [
        {
            "operation": call["operation"],
            "code": call["code"],
            "executed": bool(call["executed"]),
            "fault": call["fault"],
            "at": call["at"],
        }
        for call in calls
    ]
    return {
        "terminal": sale.terminal,
        "order_id": sale.order_id,
        "amount": sale.amount,
        "ref_id": sale.ref_id,
        "sale_reference_id": sale.sale_reference_id,
        "state": sale.state.value,
        "res_code": sale.res_code,
        "taken": sale.amount if sale.state == State.SETTLED else 0,
        "callback_url": sale.callback_url,
        "created_at": sale.created_at,
        "finished_at": sale.finished_at,
        "verified_at": sale.verified_at,
        "settled_at": sale.settled_at,
        "reversed_at": sale.reversed_at,
        "reversal_reason": sale.reversal_reason,
        "counts": dict(Counter(call["operation"] for call in calls)),
        "calls": history,
    }
