"""Addresses under /_control/ that only the SMS providers have: messages, credit, block list, callbacks, the inbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators.sms import parameters
from simulators.sms.blocking import ANY_LINE, BlockList
from simulators.sms.callbacks import METHODS, Callbacks
from simulators.sms.codes import RefusedError
from simulators.sms.inbox import Inbox
from simulators.sms.outbox import KAVENEGAR, START_CREDIT, Outbox, entry
from simulators.web import BadRequestError, Request, Response, json_response

MOST_SHOWN = 1000
EXTRA = ("template", "kind", "localid", "tag", "accepted_at", "provider", "blocked")


class Steering:
    """What tests and the demo look at and set."""

    def __init__(
        self,
        outbox: Outbox,
        blocklist: BlockList,
        inbox: Inbox,
        callbacks: Callbacks,
        now: Callable[[], int],
    ) -> None:
        self._outbox = outbox
        self._blocklist = blocklist
        self._inbox = inbox
        self._callbacks = callbacks
        self._now = now

    def routes(self) -> dict[str, Callable[[Request], Response]]:
        """Each address."""
        return {
            "/_control/messages": self._messages,
            "/_control/credit": self._credit,
            "/_control/blocked": self._blocked,
            "/_control/callbacks": self._hooks,
            "/_control/incoming": self._incoming,
        }

    def _messages(self, request: Request) -> Response:
        typed = request.query.get("receptor", "")
        receptor = _mobile(typed) if typed else ""
        now = self._now()
        return json_response(
            {
                "now": now,
                "messages": [
                    entry(row, now) | {name: row[name] for name in EXTRA}
                    for row in self._outbox.of(receptor, MOST_SHOWN)
                ],
            }
        )

    def _credit(self, request: Request) -> Response:
        if request.method == "POST":
            body = _object(request)
            amount, provider = body.get("rial"), body.get("provider", KAVENEGAR)
            if not isinstance(amount, int) or provider not in START_CREDIT:
                raise BadRequestError("rial must be a whole number, provider one that is simulated")
            self._outbox.set_credit(amount, provider)
        return json_response(
            {
                "rial": self._outbox.credit(),
                "all": {name: self._outbox.credit(name) for name in START_CREDIT},
            }
        )

    def _blocked(self, request: Request) -> Response:
        if request.method in ("POST", "DELETE"):
            body = _object(request)
            receptor, line = _mobile(body.get("receptor")), str(body.get("line", ANY_LINE))
            change = self._blocklist.add if request.method == "POST" else self._blocklist.remove
            change([receptor], line)
        return json_response({"blocked": [dict(row) for row in self._blocklist.all()]})

    def _hooks(self, request: Request) -> Response:
        if request.method == "POST":
            body = _object(request)
            method = str(body.get("method", METHODS[0]))
            if method not in METHODS:
                raise BadRequestError("method must be POST or GET")
            self._callbacks.hook(str(body.get("line", "")), str(body.get("url", "")), method)
        return json_response(
            {
                "lines": [dict(row) for row in self._callbacks.hooks()],
                "calls": [dict(row) for row in self._callbacks.calls()],
            }
        )

    def _incoming(self, request: Request) -> Response:
        body = _object(request)
        sender, line = _mobile(body.get("sender")), str(body.get("line", ""))
        self._inbox.add(sender, line, str(body.get("message", "")))
        return json_response({"ok": True})


def _mobile(value: Any) -> str:
    try:
        return parameters.mobile(str(value))
    except RefusedError as error:
        raise BadRequestError("receptor is not a mobile") from error


def _object(request: Request) -> Mapping[str, Any]:
    body = request.json()
    if not isinstance(body, dict):
        raise BadRequestError("the body is not an object")
    return body
