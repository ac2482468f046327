"""The provider's customer, and the page where his accounts are charged, lines told where to call, numbers blocked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from simulators.pages import Html, fill, join, latin, markup, page, persian, persian_amount
from simulators.sms import lookup, parameters
from simulators.sms.blocking import ANY_LINE, BlockList
from simulators.sms.callbacks import METHODS, Callbacks
from simulators.sms.codes import BLOCK_REASONS, STATUS_TEXTS, RefusedError
from simulators.sms.outbox import KAVENEGAR, SMSIR, START_CREDIT, Outbox
from simulators.sms.smsir import SmsIrAccount
from simulators.web import Request, Response, redirect

PAGE = Path(__file__).parent / "pages" / "account.html"
PATH = "/account"
MOST_SHOWN = 30


@dataclass(frozen=True)
class Account:
    """The customer: key, lines (the first is the default), domain in the templates, where status is told."""

    key: str = "demo-sms-key"
    lines: tuple[str, ...] = ("10004346", "20008080")
    site: str = lookup.EXAMPLE_SITE
    callback: str = ""
    smsir: SmsIrAccount = field(default_factory=SmsIrAccount)


class AccountPages:
    """The page, and what its buttons do."""

    def __init__(
        self, account: Account, outbox: Outbox, blocklist: BlockList, callbacks: Callbacks
    ) -> None:
        self._account = account
        self._outbox = outbox
        self._blocklist = blocklist
        self._callbacks = callbacks

    def page(self, request: Request) -> Response:
        """Show the page, or do what a button says and show it again."""
        if request.method != "POST":
            return page(self._filled())
        form = request.form()
        actions = {"credit": self._charge, "block": self._block, "unblock": self._unblock}
        try:
            actions.get(form.get("action", ""), self._hook)(form)
        except (RefusedError, ValueError):
            return page(self._filled("ورودی درست نیست؛ چیزی تغییر نکرد."), 400)
        return redirect(PATH)

    def _charge(self, form: dict[str, str]) -> None:
        provider = form.get("provider", KAVENEGAR)
        amount = int(latin(form.get("amount", "")).replace("٬", "").replace(",", ""))
        if provider not in START_CREDIT:
            raise ValueError
        self._outbox.set_credit(amount, provider)

    def _block(self, form: dict[str, str]) -> None:
        self._blocklist.add(
            [parameters.mobile(latin(form.get("mobile", "")))], self._line(form, True)
        )

    def _unblock(self, form: dict[str, str]) -> None:
        mobile = parameters.mobile(latin(form.get("mobile", "")))
        self._blocklist.remove([mobile], self._line(form, True))

    def _hook(self, form: dict[str, str]) -> None:
        url, method = form.get("url", "").strip(), form.get("method", METHODS[0])
        if method not in METHODS or (url and not url.startswith(("http://", "https://"))):
            raise ValueError
        self._callbacks.hook(self._line(form, False), url, method)

    def _line(self, form: dict[str, str], any_allowed: bool) -> str:
        line = form.get("line", "")
        known = (*self._account.lines, *self._account.smsir.lines)
        if line not in known and not (any_allowed and line == ANY_LINE):
            raise ValueError
        return line

    def _filled(self, error: str = "") -> Html:
        return fill(
            PAGE,
            error=markup('<p class="error" role="alert">{}</p>', error) if error else Html(""),
            rial=persian_amount(self._outbox.credit(KAVENEGAR)),
            messages=persian_amount(self._outbox.credit(SMSIR)),
            lines=_options(self._account.lines),
            all_lines=join(
                [
                    markup('<option value="{}">همه خط‌ها</option>', ANY_LINE),
                    _options((*self._account.lines, *self._account.smsir.lines)),
                ]
            ),
            blocked=self._blocked_rows(),
            hooks=self._hook_rows(),
            calls=self._call_rows(),
        )

    def _blocked_rows(self) -> Html:
        rows = [
            markup(
                '<tr><td><bdi dir="ltr">{}</bdi></td><td>{}</td><td>{}</td><td>'
                '<form method="post" action="/account"><input type="hidden" name="mobile" value="{}">'
                '<input type="hidden" name="line" value="{}"><button class="small" name="action"'
                ' value="unblock">برداشتن</button></form></td></tr>',
                persian(row["receptor"]),
                "همه" if row["line"] == ANY_LINE else persian(row["line"]),
                BLOCK_REASONS.get(row["reason"], ""),
                row["receptor"],
                row["line"],
            )
            for row in self._blocklist.all()
        ]
        return join(rows) or Html('<tr><td colspan="4">شماره‌ای بسته نیست.</td></tr>')

    def _hook_rows(self) -> Html:
        rows = [
            markup(
                '<li><bdi dir="ltr">{}</bdi>: <bdi dir="ltr">{} {}</bdi></li>',
                persian(row["line"]),
                row["method"],
                _hidden(row["url"]),
            )
            for row in self._callbacks.hooks()
        ]
        return join(rows) or Html("<li>هیچ خطی نشانی ندارد.</li>")

    def _call_rows(self) -> Html:
        rows = [
            markup(
                '<tr><td><bdi dir="ltr">{}</bdi></td><td>{}</td><td>{}</td><td><bdi dir="ltr">{}</bdi></td></tr>',
                persian(row["messageid"]),
                STATUS_TEXTS[row["status"]],
                persian(row["tries"]),
                row["answer"] or "…",
            )
            for row in self._callbacks.calls(MOST_SHOWN)
        ]
        return join(rows) or Html('<tr><td colspan="4">هنوز فراخوانی نشده است.</td></tr>')


def _options(lines: tuple[str, ...]) -> Html:
    return join(markup('<option value="{}">{}</option>', line, persian(line)) for line in lines)


def _hidden(url: str) -> str:
    """The address without its last part, which may be a secret of the customer."""
    head, slash, last = url.rstrip("/").rpartition("/")
    return f"{head}{slash}…" if len(last) > 8 else url
