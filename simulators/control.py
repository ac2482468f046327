"""Addresses under /_control/ that both simulators have, and the faults panel for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from simulators.clock import MovableClock
from simulators.faults import Fault, FaultQueue, read_fault
from simulators.pages import Html, fill, join, latin, markup, page, persian, tehran_time
from simulators.store import Store
from simulators.web import BadRequestError, Request, Response, json_response, redirect

PANEL = Path(__file__).parent / "panel.html"
FAULT_KINDS = {
    "before": "قطع ارتباط پیش از انجام",
    "after": "انجام و گم‌شدن پاسخ",
    "delay": "پاسخ با تأخیر (ثانیه)",
    "http_502": "صفحه خطای ۵۰۲",
    "malformed": "پاسخ ناقص",
    "empty": "پاسخ بدون نتیجه",
    "code": "کد دلخواه (در مقدار)",
    "html": "صفحه HTML به جای پاسخ",
    "huge": "پاسخ بیست مگابایتی",
}


class Control:
    """Ping, clock, faults, reset and panel of one simulator."""

    def __init__(
        self,
        name: str,
        store: Store,
        operations: Mapping[str, str],
        special: tuple[str, Mapping[str, str]] = ("", {}),
        codes: Mapping[str, str] = MappingProxyType({}),
        own_kinds: Mapping[str, str] = MappingProxyType({}),
        on_reset: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.clock = MovableClock(store)
        self.faults = FaultQueue(store)
        self._operations = operations
        # Codes that the panel suggests; any other may be typed.
        self._codes = codes
        # One operation may have kinds of its own; "code" is the only common one that it shares.
        self._special_operation, self._special_kinds = special
        self._common_kinds = {**FAULT_KINDS, **own_kinds}
        self._kinds = {**self._common_kinds, **self._special_kinds}
        self._on_reset = on_reset

    def handle(self, request: Request) -> Response | None:
        """The answer to a shared address, or None if the path is none of them."""
        actions = {
            "/_control/ping": self._ping,
            "/_control/clock": self._clock,
            "/_control/faults": self._faults,
            "/_control/reset": self._reset,
            "/panel": self._panel,
            "/favicon.ico": lambda request: Response(status=204),
        }
        action = actions.get(request.path)
        return action(request) if action else None

    def _ping(self, request: Request) -> Response:
        return json_response({"ok": True, "service": self.name, **self._time()})

    def _time(self) -> dict[str, int]:
        return {"offset_seconds": self.clock.offset_seconds, "now": self.clock.now()}

    def _clock(self, request: Request) -> Response:
        if request.method == "POST":
            self._move_clock(request.json())
        return json_response(self._time())

    def _move_clock(self, body: object) -> None:
        offset = body.get("offset_seconds") if isinstance(body, dict) else None
        if isinstance(offset, bool) or not isinstance(offset, int):
            raise BadRequestError("offset_seconds must be a whole number")
        self.clock.move(offset)

    def _faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.faults.clear()
        elif request.method == "POST":
            self.faults.add(self._read_faults(request.json()))
        return json_response({"faults": [fault.as_json() for fault in self.faults.all()]})

    def _read_faults(self, body: object) -> list[Fault]:
        if isinstance(body, dict) and body.get("clear"):
            self.faults.clear()
            body = {"faults": body.get("faults", [])}
        items = body.get("faults", body) if isinstance(body, dict) else body
        listed = items if isinstance(items, list) else [items]
        return [self._read_fault(item) for item in listed]

    def _read_fault(self, item: object) -> Fault:
        fault = read_fault(item, self._operations, self._kinds)
        special = fault.operation == self._special_operation
        allowed = {**self._special_kinds, "code": ""} if special else self._common_kinds
        if fault.kind not in allowed:
            raise BadRequestError(f"{fault.operation} takes only {', '.join(allowed)}")
        return fault

    def _reset(self, request: Request) -> Response:
        if request.method != "POST":
            raise BadRequestError("reset is a POST")
        self.faults.clear()
        self.clock.move(0)
        self._on_reset()
        return json_response({"ok": True})

    def _panel(self, request: Request) -> Response:
        if request.method != "POST":
            return page(self._panel_page())
        try:
            self._panel_action(request.form())
        except BadRequestError:
            return page(self._panel_page("ورودی درست نیست؛ چیزی تغییر نکرد."), 400)
        return redirect("/panel")

    def _panel_action(self, form: dict[str, str]) -> None:
        action = form.get("action")
        if action == "clear":
            self.faults.clear()
        elif action == "clock":
            self._move_by_form(latin(form.get("minutes", "")))
        else:
            numbers = {name: latin(form.get(name, "")) for name in ("seconds", "count")}
            self.faults.add([self._read_fault({**form, **numbers})])

    def _move_by_form(self, minutes: str) -> None:
        try:
            self.clock.move(int(minutes or 0) * 60)
        except ValueError as error:
            raise BadRequestError("minutes must be a whole number") from error

    def _panel_page(self, error: str = "") -> Html:
        return fill(
            PANEL,
            name=self.name,
            error=markup('<p class="error" role="alert">{}</p>', error) if error else Html(""),
            time=tehran_time(self.clock.now()).strftime("%Y-%m-%d %H:%M"),
            minutes=self.clock.offset_seconds // 60,
            operations=_options({"*": "همه"} | dict(self._operations)),
            kinds=_options(self._kinds),
            codes=_options(self._codes),
            queue=self._queue_rows(),
        )

    def _queue_rows(self) -> Html:
        rows = [
            markup(
                '<tr><td>{}</td><td>{}</td><td><bdi dir="ltr">{}</bdi></td><td>{}</td><td>{}</td></tr>',
                self._operations.get(fault.operation, "همه"),
                self._kinds.get(fault.kind, fault.kind),
                fault.value,
                persian(f"{fault.seconds:g}"),
                persian(fault.count),
            )
            for fault in self.faults.all()
        ]
        return join(rows) or Html('<tr><td colspan="5">خطایی در صف نیست.</td></tr>')


def _options(choices: Mapping[str, str]) -> Html:
    return join(markup('<option value="{}">{}</option>', *item) for item in choices.items())
