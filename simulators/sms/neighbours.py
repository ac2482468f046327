"""The methods beside sending and asking: lists of what was sent, what came in, the block list, the account's settings."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

from simulators.sms import codes, parameters
from simulators.sms.blocking import BlockList
from simulators.sms.codes import RefusedError
from simulators.sms.inbox import Inbox
from simulators.sms.outbox import DEBUG_MODE, KAVENEGAR, Draft, Outbox, entry, status_of
from simulators.sms.parameters import Parameters
from simulators.store import Store

Method = Callable[[Parameters], object]
# account/config: what may be set, to what, and what stands there at first.
CONFIG: Mapping[str, tuple[tuple[str, ...], str]] = {
    "apilogs": (("justfaults", "enabled", "disabled"), "justfaults"),
    "dailyreport": (("enabled", "disabled"), "disabled"),
    "debugmode": (("enabled", "disabled"), "disabled"),
    "resendfailed": (("enabled", "disabled"), "disabled"),
}


class Neighbours:
    """Methods that the portal does not need but a caller of the provider may meet."""

    def __init__(
        self, store: Store, outbox: Outbox, lines: tuple[str, ...], now: Callable[[], int]
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._lines = lines
        self._now = now
        self.blocklist = BlockList(store, now)
        self.inbox = Inbox(store, now)

    def methods(self) -> dict[str, Method]:
        """Each method by its path."""
        return {
            "sms/statusbyreceptor": self._status_by_receptor,
            "sms/selectoutbox": self._select_outbox,
            "sms/latestoutbox": self._latest_outbox,
            "sms/countoutbox": self._count_outbox,
            "sms/receive": self._receive,
            "sms/inboxpaged": self._inbox_paged,
            "sms/countinbox": self._count_inbox,
            "line/blocked/list": self._blocked_list,
            "line/blocked/add": self._blocked_add,
            "line/blocked/remove": self._blocked_remove,
            "line/blocked/exists": self._blocked_exists,
            "call/maketts": self._call,
            "account/config": self._config,
        }

    def _span(self, values: Parameters, longest: int = codes.DAY) -> tuple[int, int]:
        start = parameters.number(parameters.required(values, "startdate"), codes.WRONG_DATE)
        end = parameters.number(values.get("enddate") or str(self._now()), codes.WRONG_DATE)
        if not start <= end <= start + longest:
            raise RefusedError(codes.WRONG_DATE)
        return start, end

    def _line(self, values: Parameters, name: str) -> str:
        return parameters.sender(parameters.required(values, name), self._lines)

    def _status_by_receptor(self, values: Parameters) -> object:
        receptor = parameters.mobile(parameters.required(values, "receptor"))
        rows = self._sent("receptor = ?", [receptor], self._span(values))
        return [
            {
                "messageid": row["messageid"],
                "receptor": receptor,
                "status": status_of(row, self._now()),
                "statustext": codes.STATUS_TEXTS[status_of(row, self._now())],
            }
            for row in rows
        ]

    def _sent(
        self,
        condition: str,
        given: list[object],
        span: tuple[int, int],
        limit: int = codes.MOST_LISTED,
    ) -> list[sqlite3.Row]:
        text = f"{condition} AND provider = ? AND accepted_at BETWEEN ? AND ?"
        return self._outbox.where(text, [*given, KAVENEGAR, *span], limit)

    def _select_outbox(self, values: Parameters) -> object:
        start, end = self._span(values)
        if start < self._now() - codes.LISTED_DAYS * codes.DAY:
            raise RefusedError(codes.WRONG_DATE)
        return self._entries(self._sent("? IN ('', sender)", [self._sender(values)], (start, end)))

    def _latest_outbox(self, values: Parameters) -> object:
        size = parameters.number(values.get("pagesize") or str(codes.MOST_LISTED))
        if size > codes.MOST_LISTED:
            raise RefusedError(codes.TOO_MANY)
        span = (0, self._now())
        return self._entries(self._sent("? IN ('', sender)", [self._sender(values)], span, size))

    def _sender(self, values: Parameters) -> str:
        return self._line(values, "sender") if values.get("sender") else ""

    def _entries(self, rows: list[sqlite3.Row]) -> list[dict[str, object]]:
        return [entry(row, self._now()) for row in rows]

    def _count_outbox(self, values: Parameters) -> object:
        start, end = self._span(values)
        wanted = parameters.number(values.get("status") or "0")
        rows = [
            row
            for row in self._sent("1", [], (start, end), 1_000_000)
            if wanted in (0, status_of(row, self._now()))
        ]
        return {
            "startdate": start,
            "enddate": end,
            "sumpart": sum(row["cost"] for row in rows) // 1_200,
            "sumcount": len(rows),
            "cost": sum(row["cost"] for row in rows),
        }

    def _receive(self, values: Parameters) -> object:
        line = self._line(values, "linenumber")
        is_read = parameters.number(parameters.required(values, "isread"))
        return self.inbox.read(line, bool(is_read))

    def _inbox_paged(self, values: Parameters) -> object:
        line = self._line(values, "linenumber")
        is_read = parameters.number(parameters.required(values, "isread"))
        page = parameters.number(values.get("pagenumber") or "1")
        return self.inbox.page(line, bool(is_read), page)

    def _count_inbox(self, values: Parameters) -> object:
        start, end = self._span(values)
        is_read = parameters.number(values.get("isread") or "0")
        line = self._line(values, "linenumber") if values.get("linenumber") else ""
        count = self.inbox.count(line, bool(is_read), (start, end))
        return {"startdate": start, "enddate": end, "sumcount": count}

    def _receptors(self, values: Parameters) -> list[str]:
        items = parameters.required(values, "receptor").split(",")
        if len(items) > codes.MOST_RECEPTORS:
            raise RefusedError(codes.TOO_MANY)
        return [parameters.mobile(item) for item in items]

    def _blocked_list(self, values: Parameters) -> object:
        line = self._line(values, "linenumber")
        return [
            {"receptor": row["receptor"], "blockreason": row["reason"], "date": row["since"]}
            for row in self.blocklist.all(line)
        ]

    def _blocked_add(self, values: Parameters) -> object:
        line, receptors = self._line(values, "linenumber"), self._receptors(values)
        self.blocklist.add(receptors, line, codes.BY_WEB_SERVICE)
        return [{"receptor": one} for one in receptors]

    def _blocked_remove(self, values: Parameters) -> object:
        line, receptors = self._line(values, "linenumber"), self._receptors(values)
        self.blocklist.remove(receptors, line)
        return [{"receptor": one} for one in receptors]

    def _blocked_exists(self, values: Parameters) -> object:
        line, receptors = self._line(values, "linenumber"), self._receptors(values)
        return [{"receptor": one, "exists": self.blocklist.has(one, line)} for one in receptors]

    def _call(self, values: Parameters) -> object:
        receptor = parameters.mobile(parameters.required(values, "receptor"))
        text = parameters.message(parameters.required(values, "message"))
        localid = parameters.number(values["localid"]) if values.get("localid") else None
        send_at = parameters.send_date(values, self._now())
        draft = Draft(receptor, text, self._lines[0], send_at, localid, kind="call")
        return self._outbox.accept([draft])

    def _config(self, values: Parameters) -> object:
        with self._store.transaction() as database:
            for name in CONFIG.keys() & values.keys():
                if values[name] not in CONFIG[name][0]:
                    raise RefusedError(codes.INCOMPLETE)
                database.execute(
                    "INSERT OR REPLACE INTO settings VALUES (?, ?)", (_key(name), values[name])
                )
            stored = {
                row["name"]: row["value"] for row in database.execute("SELECT * FROM settings")
            }
        return {
            **{name: stored.get(_key(name), first) for name, (_all, first) in CONFIG.items()},
            "defaultsender": self._lines[0],
            "mincreditalarm": 0,
        }


def _key(name: str) -> str:
    return DEBUG_MODE if name == "debugmode" else f"config:{name}"
