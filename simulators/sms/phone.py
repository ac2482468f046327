"""The page that looks like a phone: a person reads there what the portal has sent, and sees what did not arrive."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby
from pathlib import Path

from simulators.pages import (
    Html,
    fill,
    join,
    latin,
    markup,
    page,
    persian,
    persian_day,
    tehran_time,
)
from simulators.sms import codes, parameters
from simulators.sms.blocking import ANY_LINE, BlockList
from simulators.sms.codes import RefusedError
from simulators.sms.outbox import SMSIR, Outbox, parts_of, status_of
from simulators.web import Request, Response, redirect

PAGES = Path(__file__).parent / "pages"
PREFIX = "/phone/"
NOT_HERE = {codes.FAILED, codes.UNDELIVERED, codes.BLOCKED, codes.CANCELLED}
WHY = {
    codes.SCHEDULED: "زمانش نرسیده است",
    codes.FAILED: "ارسال در مخابرات ناموفق ماند",
    codes.UNDELIVERED: "گوشی خاموش یا دور از آنتن است",
    codes.BLOCKED: "این شماره پیامک تبلیغاتی نمی‌پذیرد؛ هزینه برگشت",
    codes.CANCELLED: "لغو شد؛ هزینه برگشت",
}


class PhonePages:
    """The list of phones and the phone of one number."""

    def __init__(self, outbox: Outbox, blocklist: BlockList, now: Callable[[], int]) -> None:
        self._outbox = outbox
        self._blocklist = blocklist
        self._now = now

    def home(self, request: Request) -> Response:
        """All mobiles that got something, and a field for another; ?mobile= opens its phone."""
        typed = request.query.get("mobile")
        if typed is None:
            return page(self._home_page())
        try:
            return redirect(PREFIX + parameters.mobile(re.sub(r"[\s-]", "", latin(typed))))
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
        """The messages of one number, newest first; a POST blocks or admits advertising."""
        try:
            receptor = parameters.mobile(latin(request.path.removeprefix(PREFIX)))
        except RefusedError:
            return page(self._home_page(error="شماره همراه درست نیست."), 404)
        if request.method == "POST":
            self._switch(receptor, request.form().get("action", ""))
            return redirect(PREFIX + receptor)
        return page(self._phone_page(receptor))

    def _switch(self, receptor: str, action: str) -> None:
        if action == "block":
            self._blocklist.add([receptor], ANY_LINE, codes.BY_RECEIVER)
        elif action == "unblock":
            self._blocklist.remove([receptor], ANY_LINE)

    def _phone_page(self, receptor: str) -> Html:
        rows = [(row, self._shown_status(row)) for row in self._outbox.of(receptor)]
        here = [(row, status) for row, status in rows if status not in WHY]
        missing = [(row, status) for row, status in rows if status in WHY]
        is_blocked = self._blocklist.has(receptor)
        return fill(
            PAGES / "phone.html",
            mobile=persian(receptor),
            receptor=receptor,
            messages=self._by_days(here) or Html('<p class="small">پیامی نیست.</p>'),
            missing=_missing(missing),
            advertising="بسته است" if is_blocked else "باز است",
            action="unblock" if is_blocked else "block",
            label="باز کن" if is_blocked else "ببند",
        )

    def _shown_status(self, row: sqlite3.Row) -> int:
        """What the phone knows: a person should not wait for the operator's seconds, only for a later date."""
        status = status_of(row, self._now())
        if status == codes.SCHEDULED:
            return status
        final = status_of(row, row["send_at"] + codes.HOUR)
        return final if final in NOT_HERE else status

    def _by_days(self, rows: Iterable[tuple[sqlite3.Row, int]]) -> Html:
        days = groupby(rows, key=lambda one: tehran_time(one[0]["send_at"]).date())
        return join(
            markup('<h2 class="day">{}</h2>{}', self._day(day), join(map(_bubble, of_day)))
            for day, of_day in days
        )

    def _day(self, day: date) -> str:
        age = tehran_time(self._now()).date() - day
        return {0: "امروز", 1: "دیروز"}.get(age.days) or persian_day(day)


def _bubble(shown: tuple[sqlite3.Row, int]) -> Html:
    row, status = shown
    return markup(
        '<article class="bubble"><p>{}</p><footer>{}</footer></article>',
        row["message"],
        _footer(row, "رسید" if status == codes.DELIVERED else "در راه"),
    )


def _footer(row: sqlite3.Row, state: str) -> Html:
    moment = tehran_time(row["send_at"])
    count = parts_of(row["message"])
    return markup(
        '{}<time datetime="{}">{}</time> · {}از\u00a0<bdi dir="ltr">{}</bdi>{}{}',
        "تماس گویا · " if row["kind"] == "call" else "",
        moment.isoformat(),
        persian(moment.strftime("%H:%M")),
        f"{state} · " if state else "",
        persian(row["sender"]),
        " (SMS.ir)" if row["provider"] == SMSIR else "",
        f" · {persian(count)} بخش" if count > 1 else "",
    )


def _missing(rows: list[tuple[sqlite3.Row, int]]) -> Html:
    if not rows:
        return Html("")
    items = [
        markup(
            '<li><p class="text">{}</p><p class="small"><strong>{}</strong> · {}</p></li>',
            row["message"],
            WHY[status],
            _footer(row, ""),
        )
        for row, status in rows
    ]
    return markup(
        '<section class="card missing"><h2>به این گوشی نرسیده است</h2><ul class="plain">{}</ul></section>',
        join(items),
    )
