"""What the card holder sees: the payment page, its refusals, and the way back to the shop."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from simulators.bank.ledger import Ledger, Sale, State
from simulators.bank.merchant import Merchant
from simulators.faults import Fault, FaultQueue
from simulators.pages import Html, fill, join, markup, page, persian, persian_amount
from simulators.web import Request, Response

PAGES = Path(__file__).parent / "pages"
START_PATH = "/pgwchannel/startpay.mellat"
CHOICE_PATH = "/pgwchannel/choice.mellat"
CARD = "610433******5689"
CARD_HASH = hashlib.sha256(b"simulated card").hexdigest().upper()
CANCELLED, WRONG_CARD = "17", "12"

# What the page's three buttons do: the state of the sale and the ResCode of the callback.
CHOICES = {
    "pay": (State.SOLD, "0"),
    "cancel": (State.CANCELLED, CANCELLED),
    "fail": (State.DECLINED, WRONG_CARD),
}
CALLBACK = "callback"
CALLBACK_KINDS = {
    "never": "بازگشت: کاربر برنمی‌گردد",
    "ref_id": "بازگشت با RefId دیگر (در مقدار)",
    "sale_order_id": "بازگشت با SaleOrderId دیگر (در مقدار)",
    "final_amount": "بازگشت با FinalAmount دیگر (در مقدار)",
}
TITLES = {
    State.SOLD: "پرداخت انجام شد",
    State.CANCELLED: "از پرداخت انصراف دادید",
    State.DECLINED: "پرداخت ناموفق بود",
}


class PaymentPages:
    """The browser's side of the gateway."""

    def __init__(
        self, merchant: Merchant, ledger: Ledger, faults: FaultQueue, now: Callable[[], int]
    ) -> None:
        self._merchant = merchant
        self._ledger = ledger
        self._faults = faults
        self._now = now

    def start(self, request: Request) -> Response:
        """The payment page for a POSTed RefId, if it comes from the registered address."""
        if request.method != "POST":
            return _refuse("این صفحه تنها با ارسال فرم از سایت پذیرنده باز می‌شود.")
        if not self._merchant.owns(request.headers.get("referer", "")):
            return _refuse(
                "نشانی سایت پذیرنده همراه درخواست نیامده یا با نشانی ثبت‌شده یکی نیست (Referer)."
            )
        sale = self._ledger.by_ref_id(request.form().get("RefId", ""))
        if sale is None:
            return _refuse("شناسه پرداخت (RefId) شناخته نشد.")
        if sale.state != State.REQUESTED:
            return _refuse("این پرداخت پیش‌تر به پایان رسیده است.")
        return page(self._payment_page(sale))

    def _payment_page(self, sale: Sale) -> Html:
        return fill(
            PAGES / "pay.html",
            merchant=self._merchant.name,
            terminal=sale.terminal,
            site=urlsplit(sale.callback_url).netloc,
            order=sale.order_id,
            amount=persian_amount(sale.amount),
            ref_id=sale.ref_id,
            choice=CHOICE_PATH,
        )

    def choose(self, request: Request) -> Response:
        """Carry out a button of the payment page and show the way back."""
        form = request.form()
        sale = self._ledger.by_ref_id(form.get("RefId", ""))
        choice = CHOICES.get(form.get("choice", ""))
        if request.method != "POST" or sale is None or choice is None:
            return _refuse("درخواست شناخته نشد.")
        return self._way_back(self._ledger.finish(sale, *choice, self._now()))

    def _way_back(self, sale: Sale) -> Response:
        fault = self._faults.take(CALLBACK, any_operation=False)
        if fault and fault.kind == "never":
            return page(fill(PAGES / "no_return.html", title=TITLES[_shown_state(sale)]))
        fields = callback_fields(sale)
        if fault:
            _falsify(fields, fault)
        return page(
            fill(
                PAGES / "return.html",
                title=TITLES[_shown_state(sale)],
                merchant=self._merchant.name,
                amount=persian_amount(sale.amount),
                reference=_reference_row(sale),
                url=sale.callback_url,
                fields=join(
                    markup('<input type="hidden" name="{}" value="{}">', *field)
                    for field in fields.items()
                ),
            )
        )


def _shown_state(sale: Sale) -> State:
    # A page that is loaded again later still tells what the card holder did.
    return {"0": State.SOLD, CANCELLED: State.CANCELLED}.get(sale.res_code, State.DECLINED)


def callback_fields(sale: Sale) -> dict[str, str]:
    """The form that the browser posts to the shop; references and card only after a sale."""
    fields = {
        "RefId": sale.ref_id,
        "ResCode": sale.res_code,
        "SaleOrderId": str(sale.order_id),
    }
    if sale.sale_reference_id is not None:
        fields |= {
            "SaleReferenceId": str(sale.sale_reference_id),
            "CardHolderPan": CARD,
            "CardHolderInfo": CARD_HASH,
            "CreditCardSaleResponseDetail": "",
            "FinalAmount": str(sale.amount),
        }
    return fields


def _falsify(fields: dict[str, str], fault: Fault) -> None:
    names = {"ref_id": "RefId", "sale_order_id": "SaleOrderId", "final_amount": "FinalAmount"}
    if fault.kind in names:
        fields[names[fault.kind]] = fault.value
    elif fault.kind == "code":
        fields["ResCode"] = fault.value


def _reference_row(sale: Sale) -> Html:
    if sale.sale_reference_id is None:
        return Html("")
    return markup(
        '<div><dt>شماره پیگیری بانک</dt><dd><bdi dir="ltr">{}</bdi></dd></div>',
        persian(sale.sale_reference_id),
    )


def _refuse(reason: str) -> Response:
    return page(fill(PAGES / "refused.html", reason=reason), 400)
