"""The methods under /v1/{key}/: what each accepts and answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulators.pages import tehran_time
from simulators.sms import codes, lookup, parameters
from simulators.sms.account import Account
from simulators.sms.codes import RefusedError
from simulators.sms.outbox import Draft, Outbox, entry, status_of
from simulators.sms.parameters import Parameters
from simulators.web import Request, Response, json_response

PATH = re.compile(r"/v1/([^/]+)/([a-z]+(?:/[a-z]+){1,2})\.json", re.IGNORECASE)
NO_KEY = "0"
CLOCK = "utils/getdate"
POST_ONLY = {"sms/sendarray"}
EXPIRES = 4_102_444_800  # the account of the demo does not run out (2100)


@dataclass(frozen=True)
class Call:
    """A call whose key and method are known."""

    method: str
    parameters: Parameters


def envelope(status: int, entries: object = None) -> Response:
    """The provider's answer; the HTTP status equals its own."""
    message = codes.ANSWERS.get(status, "خطای نامشخص")
    # Also the 6xx that HTTP does not know: the provider sends its own number.
    http_status = status if 100 <= status <= 999 else 400
    body = {"return": {"status": status, "message": message}, "entries": entries}
    return json_response(body, http_status)


class Api:
    """The provider's methods over the outbox."""

    def __init__(
        self,
        account: Account,
        outbox: Outbox,
        now: Callable[[], int],
        others: Mapping[str, Callable[[Parameters], object]],
    ) -> None:
        self._account = account
        self._outbox = outbox
        self._now = now
        self._methods: dict[str, Callable[[Parameters], object]] = {
            "sms/send": self._send,
            "sms/sendarray": self._send_array,
            "verify/lookup": self._lookup,
            "sms/status": self._status,
            "sms/statuslocalmessageid": self._status_by_localid,
            "sms/select": self._select,
            "sms/cancel": self._cancel,
            "account/info": self._account_info,
            CLOCK: self._date,
            **others,
        }

    def read(self, request: Request) -> Call:
        """The call of a request; raises RefusedError 403, 404 or 405."""
        found = PATH.fullmatch(request.path)
        if not found:
            raise RefusedError(codes.UNKNOWN_METHOD)
        key, method = found[1], found[2].lower()
        if key != self._account.key and (key, method) != (NO_KEY, CLOCK):
            raise RefusedError(codes.BAD_KEY)
        if method not in self._methods:
            raise RefusedError(codes.UNKNOWN_METHOD)
        if method in POST_ONLY and request.method != "POST":
            raise RefusedError(codes.WRONG_HTTP_METHOD)
        values = request.form() if request.method == "POST" else {}
        return Call(method, {**request.query, **values})

    def perform(self, call: Call) -> Response:
        """Carry the call out."""
        try:
            return envelope(codes.OK, self._methods[call.method](call.parameters))
        except RefusedError as refusal:
            return envelope(refusal.status)

    def _send(self, values: Parameters) -> object:
        items = parameters.required(values, "receptor").split(",")
        if "message" not in values:
            raise RefusedError(codes.INCOMPLETE)
        if len(items) > codes.MOST_RECEPTORS:
            raise RefusedError(codes.TOO_MANY)
        localids = self._localids(values.get("localid", ""), len(items))
        text = parameters.message(values["message"])
        sender = parameters.sender(values.get("sender", ""), self._account.lines)
        common = self._common(values)
        return self._outbox.accept(
            [
                Draft(parameters.mobile(item), text, sender, localid=localid, **common)
                for item, localid in zip(items, localids, strict=True)
            ]
        )

    def _localids(self, text: str, count: int) -> list[int | None]:
        if not text:
            return [None] * count
        found = parameters.numbers(text, codes.MOST_RECEPTORS)
        if len(found) != count:
            raise RefusedError(codes.DIFFERENT_LENGTHS)
        return list(found)

    def _common(self, values: Parameters) -> dict[str, Any]:
        if values.get("type", "") not in parameters.MESSAGE_TYPES:
            raise RefusedError(codes.INCOMPLETE)
        return {
            "send_at": parameters.send_date(values, self._now()),
            "tag": parameters.tag(values),
        }

    def _send_array(self, values: Parameters) -> object:
        receptors, senders, messages = (
            parameters.json_list(parameters.required(values, name))
            for name in ("receptor", "sender", "message")
        )
        if not len(receptors) == len(senders) == len(messages):
            raise RefusedError(codes.DIFFERENT_LENGTHS)
        if len(receptors) > codes.MOST_RECEPTORS:
            raise RefusedError(codes.TOO_MANY)
        localids = self._array_localids(values, len(receptors))
        send_at, tag = parameters.send_date(values, self._now()), parameters.tag(values)
        return self._outbox.accept(
            [
                Draft(
                    parameters.mobile(str(receptor)),
                    parameters.message(str(message)),
                    parameters.sender(str(sender), self._account.lines),
                    send_at,
                    localid,
                    tag=tag,
                )
                for receptor, sender, message, localid in zip(
                    receptors, senders, messages, localids, strict=True
                )
            ]
        )

    def _array_localids(self, values: Parameters, count: int) -> list[int | None]:
        text = values.get("localmessageids") or values.get("localid") or ""
        if not text.lstrip().startswith("["):
            return self._localids(text, count)
        return self._localids(",".join(map(str, parameters.json_list(text))), count)

    def _lookup(self, values: Parameters) -> object:
        return self._outbox.accept(
            [lookup.draft_of(values, self._account.lines[0], self._account.site)]
        )

    def _status(self, values: Parameters) -> object:
        ids = self._ids(values, "messageid")
        rows = self._outbox.by_ids(ids)
        return [{"messageid": id, **self._status_pair(rows.get(id))} for id in ids]

    def _status_by_localid(self, values: Parameters) -> object:
        ids = self._ids(values, "localid")
        rows = self._outbox.by_localids(ids)
        return [
            {
                "messageid": rows[id]["messageid"] if id in rows else 0,
                "localid": str(id),
                **self._status_pair(rows.get(id)),
            }
            for id in ids
        ]

    def _ids(self, values: Parameters, name: str) -> list[int]:
        return parameters.numbers(parameters.required(values, name), codes.MOST_IDS)

    def _status_pair(self, row: Any) -> dict[str, object]:
        status = status_of(row, self._now()) if row is not None else codes.UNKNOWN
        return {"status": status, "statustext": codes.STATUS_TEXTS[status]}

    def _select(self, values: Parameters) -> object:
        ids = self._ids(values, "messageid")
        rows = self._outbox.by_ids(ids)
        return [entry(rows[id], self._now()) for id in ids if id in rows]

    def _cancel(self, values: Parameters) -> object:
        ids = self._ids(values, "messageid")
        rows = self._outbox.by_ids(ids)
        result = []
        for id in ids:
            status = self._outbox.cancel(rows[id]) if id in rows else codes.UNKNOWN
            text = codes.STATUS_TEXTS[status]
            result.append({"messageid": id, "status": status, "statustext": text})
        return result

    def _account_info(self, values: Parameters) -> object:
        return {
            "remaincredit": self._outbox.credit(),
            "expiredate": EXPIRES,
            "type": "master",
        }

    def _date(self, values: Parameters) -> object:
        now = self._now()
        moment = tehran_time(now)
        names = ("year", "month", "day", "hour", "minute", "second")
        return {
            "datetime": moment.strftime("%Y/%m/%d %H:%M:%S"),
            **{name: getattr(moment, name) for name in names},
            "unixtime": now,
        }
