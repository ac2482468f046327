"""What the card holder sees at any of the banks: the payment page, its refusals, and the way back to the shop."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, build_opener

from simulators.bank.ledger import Ledger, Sale, State
from simulators.bank.merchant import Merchant
from simulators.faults import Fault, FaultQueue
from simulators.pages import Html, fill, join, markup, page, persian, persian_amount
from simulators.web import Request, Response, Wait

PAGES = Path(__file__).parent / "pages"
CARD = "610433******5689"
CARD_HASH = hashlib.sha256(b"simulated card").hexdigest().upper()
# How long a shop may take for the copy of a callback that the browser brings again.
COPY_SECONDS = 30

# What the page's three buttons do to the sale.
CHOICES = {"pay": State.SOLD, "cancel": State.CANCELLED, "fail": State.DECLINED}
CALLBACK = "callback"
CALLBACK_KINDS = {
    "never": "بازگشت: کاربر برنمی‌گردد",
    "duplicate": "بازگشت: دو بار",
    "late": "بازگشت با تأخیر (ثانیه)",
    "ref_id": "بازگشت با RefId دیگر (در مقدار)",
    "sale_order_id": "بازگشت با SaleOrderId دیگر (در مقدار)",
    "final_amount": "بازگشت با FinalAmount دیگر (در مقدار)",
}
TITLES = {
    State.SOLD: "پرداخت انجام شد",
    State.CANCELLED: "از پرداخت انصراف دادید",
    State.DECLINED: "پرداخت ناموفق بود",
}


@dataclass(frozen=True)
class Counter:
    """One bank's way of sending the payer back."""

    bank: str
    choice_path: str
    # How the browser comes back.
    method: str
    # The code of each button, as the callback will name it.
    codes: Mapping[str, str]
    fields: Callable[[Sale], dict[str, str]]
    # Which field a fault of the callback falsifies; a bank without such a field is left as it is.
    names: Mapping[str, str]


class PaymentPages:
    """The browser's side of one bank's terminal."""

    def __init__(
        self,
        counter: Counter,
        terminal: int,
        merchant: Merchant,
        ledger: Ledger,
        faults: FaultQueue,
        now: Callable[[], int],
        wait: Wait,
    ) -> None:
        self._counter = counter
        self._terminal = terminal
        self._merchant = merchant
        self._ledger = ledger
        self._faults = faults
        self._now = now
        self._wait = wait

    def show(self, ref_id: str) -> Response:
        """The payment page of an open sale."""
        sale = self._ledger.by_ref_id(self._terminal, ref_id, self._now())
        if sale is None:
            return refuse("شناسه پرداخت شناخته نشد.")
        if sale.state != State.REQUESTED:
            return refuse("این پرداخت پیش‌تر به پایان رسیده است.")
        return page(self._payment_page(sale))

    def _payment_page(self, sale: Sale) -> Html:
        return fill(
            PAGES / "pay.html",
            bank=self._counter.bank,
            merchant=self._merchant.name,
            terminal=sale.terminal,
            site=urlsplit(sale.callback_url).netloc,
            order=sale.order_id,
            amount=persian_amount(sale.amount),
            ref_id=sale.ref_id,
            choice=self._counter.choice_path,
        )

    def choose(self, request: Request) -> Response:
        """Carry out a button of the payment page and show the way back."""
        form, now = request.form(), self._now()
        sale = self._ledger.by_ref_id(self._terminal, form.get("RefId", ""), now)
        choice = form.get("choice", "")
        if request.method != "POST" or sale is None or choice not in CHOICES:
            return refuse("درخواست شناخته نشد.")
        code = self._counter.codes[choice]
        return self._way_back(self._ledger.finish(sale, CHOICES[choice], code, now))

    def _way_back(self, sale: Sale) -> Response:
        fault = self._faults.take(CALLBACK, any_operation=False)
        if fault and fault.kind == "never":
            return page(fill(PAGES / "no_return.html", title=TITLES[_shown_state(sale)]))
        fields = self._counter.fields(sale)
        if fault:
            self._commit(fault, sale, fields)
        return page(self._return_page(sale, fields))

    def _commit(self, fault: Fault, sale: Sale, fields: dict[str, str]) -> None:
        if fault.kind == "late":
            self._wait(fault.seconds)
        elif fault.kind == "duplicate":
            _bring(self._counter.method, sale.callback_url, fields)
        elif self._counter.names.get(fault.kind) in fields:
            fields[self._counter.names[fault.kind]] = fault.value

    def _return_page(self, sale: Sale, fields: Mapping[str, str]) -> Html:
        return fill(
            PAGES / "return.html",
            title=TITLES[_shown_state(sale)],
            merchant=self._merchant.name,
            amount=persian_amount(sale.amount),
            reference=_reference_row(sale),
            method=self._counter.method,
            url=sale.callback_url,
            fields=join(
                markup('<input type="hidden" name="{}" value="{}">', *field)
                for field in fields.items()
            ),
        )


def _bring(method: str, url: str, fields: Mapping[str, str]) -> None:
    """Be the first of two browsers that bring the same callback."""
    query = urlencode(fields)
    address, body = (f"{url}?{query}", None) if method == "get" else (url, query.encode())
    with contextlib.suppress(OSError):
        build_opener(ProxyHandler({})).open(address, body, COPY_SECONDS).close()


def _shown_state(sale: Sale) -> State:
    # A page that is loaded again later still tells what the card holder did.
    return sale.state if sale.state in (State.CANCELLED, State.DECLINED) else State.SOLD


def _reference_row(sale: Sale) -> Html:
    if sale.sale_reference_id is None:
        return Html("")
    return markup(
        '<div><dt>شماره پیگیری بانک</dt><dd><bdi dir="ltr">{}</bdi></dd></div>',
        persian(sale.sale_reference_id),
    )


def refuse(reason: str) -> Response:
    """A page that says why nothing can be paid."""
    return page(fill(PAGES / "refused.html", reason=reason), 400)
