"""The page that looks like a phone: a person reads there what the portal has sent."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from simulators.pages import Html, fill, join, latin, markup, page, persian, tehran_time
from simulators.sms import codes, parameters
from simulators.sms.codes import RefusedError
from simulators.sms.outbox import Outbox, status_of
from simulators.web import Request, Response, redirect

PAGES = Path(__file__).parent / "pages"
PREFIX = "/phone/"
NEVER_ARRIVES = {codes.FAILED, codes.UNDELIVERED, codes.BLOCKED}


class PhonePages:
    """The list of phones and the phone of one number."""

    def __init__(self, outbox: Outbox, now: Callable[[], int]) -> None:
        self._outbox = outbox
        self._now = now

    def home(self, request: Request) -> Response:
        """All mobiles that got something, and a field for another; ?mobile= opens its phone."""
        typed = request.query.get("mobile")
        if typed is None:
            return page(self._home_page())
        try:
            return redirect(PREFIX + parameters.mobile(latin(typed)))
        except RefusedError:
            return page(self._home_page(error="شماره همراه درست نیست.", typed=typed), 400)

    def _home_page(self, error: str = "", typed: str = "") -> Html:
        rows = [
            markup(
                '<li><a href="/phone/{}"><bdi dir="ltr">{}</bdi></a> ({} پیام)</li>',
                row["receptor"],
                persian(row["receptor"]),
                persian(row["messages"]),
            )
            for row in self._outbox.receptors()
        ]
        return fill(
            PAGES / "home.html",
            error=markup('<p class="error" role="alert">{}</p>', error) if error else Html(""),
            typed=typed,
            phones=join(rows) or Html("<li>هنوز پیامکی فرستاده نشده است.</li>"),
        )

    def phone(self, request: Request) -> Response:
        """The messages of one number, newest first."""
        try:
            receptor = parameters.mobile(latin(request.path.removeprefix(PREFIX)))
        except RefusedError:
            return page(self._home_page(error="شماره همراه درست نیست."), 404)
        arrived = [row for row in self._outbox.of(receptor) if self._has_arrived(row)]
        return page(
            fill(
                PAGES / "phone.html",
                mobile=persian(receptor),
                messages=join(map(_bubble, arrived)) or Html("<p>پیامی نیست.</p>"),
            )
        )

    def _has_arrived(self, row: sqlite3.Row) -> bool:
        # A person at the page should not wait for the operator's seconds, only for a later date.
        if codes.FINAL_STATUS_OF.get(row["receptor"]) in NEVER_ARRIVES or row["cancelled"]:
            return False
        return status_of(row, self._now()) != codes.SCHEDULED


def _bubble(row: sqlite3.Row) -> Html:
    moment = tehran_time(row["send_at"])
    return markup(
        '<article class="bubble"><p>{}</p><footer>{}<time datetime="{}">{}</time> · از '
        '<bdi dir="ltr">{}</bdi></footer></article>',
        row["message"],
        "تماس گویا · " if row["kind"] == "call" else "",
        moment.isoformat(),
        persian(moment.strftime("%H:%M")),
        persian(row["sender"]),
    )
