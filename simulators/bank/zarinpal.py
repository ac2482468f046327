"""Zarinpal's REST service, version 4: what each call answers, and what it does to the sale.

Choices of this simulator where the provider publishes nothing: unconfirmed money goes back after 20 minutes
and a confirmation then answers -51; a merchant id that is not ours is -10, a mistake in the request -9 with
status 422, every other refusal status 400; the order number of the books is `metadata.order_id` where it is
a number that was not used before.
"""

from __future__ import annotations

import json
import re
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulators.bank.counter import CARD, CARD_HASH, Counter, refuse
from simulators.bank.exchange import Asked
from simulators.bank.ledger import Decision, Sale, State
from simulators.bank.service import BankService
from simulators.faults import Fault
from simulators.pages import tehran_time
from simulators.web import BadRequestError, Handler, Request, Response

TERMINAL = 990001
API, PAGE, CHOICE_PATH = "/pg/v4/payment/", "/pg/StartPay/", "/pg/choice"
REQUEST, VERIFY, INQUIRY = "zarinpal/request", "zarinpal/verify", "zarinpal/inquiry"
UNVERIFIED, REVERSE = "zarinpal/unVerified", "zarinpal/reverse"
OPERATIONS = {
    REQUEST: "زرین‌پال: درخواست",
    VERIFY: "زرین‌پال: تأیید",
    INQUIRY: "زرین‌پال: استعلام",
    UNVERIFIED: "زرین‌پال: فهرست تأییدنشده",
    REVERSE: "زرین‌پال: برگشت",
}
SMALLEST, LARGEST, LONGEST_DESCRIPTION = 1_000, 1_000_000_000, 500
LISTED = 100
REVERSE_WINDOW = 30 * 60
INVALID, WRONG_MERCHANT, FOREIGN_CALLBACK, ABOVE_LIMIT = "-9", "-10", "-14", "-41"
OTHER_AMOUNT, NOT_PAID, UNKNOWN = "-50", "-51", "-54"
NOT_SUCCESSFUL, TOO_LATE = "-61", "-63"
AUTHORITY = re.compile(r"[AS][0-9a-zA-Z]{35}")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
RIAL_OF = {"IRR": 1, "IRT": 10}

_NEVER_PAID: dict[State, Decision] = dict.fromkeys(
    (State.REQUESTED, State.CANCELLED, State.DECLINED, State.REVERSED), (NOT_PAID, None)
)
VERIFYING: Mapping[State, Decision] = _NEVER_PAID | {
    State.SOLD: ("100", State.SETTLED),
    State.VERIFIED: ("101", None),
    State.SETTLED: ("101", None),
}
REVERSING: Mapping[State, Decision] = dict.fromkeys(State, (NOT_SUCCESSFUL, None)) | {
    State.SETTLED: ("100", State.REVERSED)
}
STATUS_OF = {
    State.REQUESTED: "IN_BANK",
    State.CANCELLED: "FAILED",
    State.DECLINED: "FAILED",
    State.SOLD: "PAID",
    State.VERIFIED: "VERIFIED",
    State.SETTLED: "VERIFIED",
    State.REVERSED: "REVERSED",
}

COUNTER = Counter(
    bank="زرین‌پال",
    choice_path=CHOICE_PATH,
    method="get",
    codes={"pay": "OK", "cancel": "NOK", "fail": "NOK"},
    fields=lambda sale: {"Authority": sale.ref_id, "Status": sale.res_code},
    names={"ref_id": "Authority", "code": "Status"},
)
Answered = tuple[str, Response]


@dataclass
class Service(BankService):
    """What the server routes to this provider."""

    def __post_init__(self) -> None:
        self._calls: dict[str, Callable[[dict[str, Any]], Answered]] = {
            REQUEST: self._request,
            VERIFY: self._verify,
            INQUIRY: self._inquiry,
            UNVERIFIED: self._unverified,
            REVERSE: self._reverse,
        }

    def paths(self) -> dict[str, Handler]:
        """Address and what answers there; one that ends with a stroke stands for all below it."""
        api = {f"{API}{name.partition('/')[2]}.json": self._answer for name in self._calls}
        return {**api, PAGE: self._start, CHOICE_PATH: self.pages.choose}

    def _start(self, request: Request) -> Response:
        if request.method != "GET":
            return refuse("این صفحه با نشانی آن باز می‌شود.")
        return self.pages.show(request.path.removeprefix(PAGE))

    def _answer(self, request: Request) -> Response:
        operation = f"zarinpal/{request.path.removeprefix(API).removesuffix('.json')}"
        if request.method != "POST":
            return Response(b"method not allowed", 405, "text/plain")
        try:
            body = request.json()
        except BadRequestError:
            body = None
        if not isinstance(body, dict) or "json" not in request.headers.get("content-type", ""):
            return _refuse(INVALID)[1]
        asked = Asked(operation, TERMINAL, self._order_of(body))
        return self.exchange.run(asked, lambda: self._perform(operation, body), _spoiled)

    def _order_of(self, body: dict[str, Any]) -> int:
        sale = self._sale(body)
        return sale.order_id if sale else _order_id(body)

    def _perform(self, operation: str, body: dict[str, Any]) -> Answered:
        merchant = body.get("merchant_id")
        if not isinstance(merchant, str) or not UUID.fullmatch(merchant):
            return _refuse(INVALID)
        if merchant != self.merchant.zarinpal:
            return _refuse(WRONG_MERCHANT)
        return self._calls[operation](body)

    def _request(self, body: dict[str, Any]) -> Answered:
        refusal = self._check_request(body)
        if refusal:
            return _refuse(refusal)
        order_id = _order_id(body)
        if not order_id or not self.ledger.claim_order(TERMINAL, order_id):
            order_id = -secrets.randbelow(2**53)
        letters = string.ascii_letters + string.digits
        authority = "S" + "".join(secrets.choice(letters) for _ in range(35))
        amount = body["amount"] * RIAL_OF[body.get("currency", "IRR")]
        self.ledger.open(TERMINAL, order_id, amount, body["callback_url"], authority, self.now())
        return _good("100", authority=authority, fee_type="Merchant", fee=0)

    def _check_request(self, body: dict[str, Any]) -> str:
        amount, metadata = body.get("amount"), body.get("metadata", {})
        unit = RIAL_OF.get(str(body.get("currency", "IRR")))
        description, callback = body.get("description"), body.get("callback_url")
        if type(amount) is not int or unit is None or amount * unit < SMALLEST:
            return INVALID
        if not isinstance(description, str) or not 0 < len(description) <= LONGEST_DESCRIPTION:
            return INVALID
        if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
            return INVALID
        if not isinstance(callback, str) or not self.merchant.owns(callback):
            return FOREIGN_CALLBACK
        return ABOVE_LIMIT if amount * unit > LARGEST else ""

    def _verify(self, body: dict[str, Any]) -> Answered:
        sale = self._sale(body)
        if type(body.get("amount")) is not int:
            return _refuse(INVALID)
        if sale is None:
            return _refuse(UNKNOWN)
        if sale.amount != body["amount"]:
            return _refuse(OTHER_AMOUNT)
        code = self.ledger.decide_for(sale, VERIFYING, self.now())
        if code == NOT_PAID:
            return _refuse(code)
        return _good(
            code, ref_id=sale.sale_reference_id, card_pan=CARD, card_hash=CARD_HASH,
            fee_type="Merchant", fee=0,
        )  # fmt: skip

    def _inquiry(self, body: dict[str, Any]) -> Answered:
        sale = self._sale(body)
        return _good("100", status=STATUS_OF[sale.state]) if sale else _refuse(UNKNOWN)

    def _unverified(self, body: dict[str, Any]) -> Answered:
        rows = [
            {
                "authority": sale.ref_id,
                "amount": sale.amount,
                "callback_url": sale.callback_url,
                "referer": "",
                "date": f"{tehran_time(sale.finished_at or 0):%Y-%m-%d %H:%M:%S}",
            }
            for sale in self.ledger.unverified(TERMINAL, self.now())[:LISTED]
        ]
        return _good("100", authorities=rows)

    def _reverse(self, body: dict[str, Any]) -> Answered:
        sale, now = self._sale(body), self.now()
        if sale is None:
            return _refuse(UNKNOWN)
        if sale.state == State.SETTLED and now > (sale.settled_at or 0) + REVERSE_WINDOW:
            return _refuse(TOO_LATE)
        code = self.ledger.decide_for(sale, REVERSING, now)
        return _good(code) if code == "100" else _refuse(code)

    def _sale(self, body: dict[str, Any]) -> Sale | None:
        authority = body.get("authority")
        if not isinstance(authority, str) or not AUTHORITY.fullmatch(authority):
            return None
        return self.ledger.by_ref_id(TERMINAL, authority, self.now())


def _order_id(body: dict[str, Any]) -> int:
    metadata = body.get("metadata")
    named = str(metadata.get("order_id", "")) if isinstance(metadata, dict) else ""
    return int(named) if re.fullmatch(r"[0-9]{1,18}", named) else 0


def _good(code: str, **data: Any) -> Answered:
    """Success: `data` is an object and `errors` an empty list."""
    body = {"data": {"code": int(code), "message": "Success", **data}, "errors": []}
    return code, _json(body)


def _refuse(code: str) -> Answered:
    """A refusal: the other way round, with a status of its own."""
    errors = {"code": int(code), "message": "refused", "validations": []}
    return code, _json({"data": [], "errors": errors}, 422 if code == INVALID else 400)


def _json(value: Mapping[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(value).encode(), status, "application/json")


def _spoiled(fault: Fault) -> Response:
    if fault.kind == "malformed":
        return Response(b'{"data":{"code":100,"message":"Succ', 200, "application/json")
    if fault.kind == "code" and re.fullmatch(r"-?[0-9]{1,9}", fault.value):
        positive = not fault.value.startswith("-")
        return _good(fault.value)[1] if positive else _refuse(fault.value)[1]
    return _json({"data": [], "errors": []})
