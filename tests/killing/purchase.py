"""One purchase through the running portal, as its payer's browser does it, and what became of it in the books."""

import http.client
import re
import time
import urllib.error
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests
from django.test import Client
from lxml import html

from accounts.models import User
from billing.models import AttemptState, Order, PaymentAttempt, PaymentEvent
from billing.models.payments import LIVE
from inspections.models import RequestEvent, RequestStatus, VisitRequest
from notifications.models import SmsMessage, SmsState
from septam import clock
from septam.models import Job
from tests.billing.bank import CALLBACK, make_order
from tests.killing.stage import Stage
from tests.people import make_owner

GONE = (requests.RequestException, urllib.error.URLError, http.client.HTTPException, OSError)
WAITING = (SmsState.QUEUED, SmsState.SENDING)
RECEIPT = "payment.receipt"
ROUNDS = 14


@dataclass
class Purchase:
    """An owner with one open order, and a browser that is signed in."""

    stage: Stage
    owner: User
    order: Order
    fields: dict[str, str]

    @classmethod
    def begin(cls, stage: Stage, number: int) -> "Purchase":
        """A new owner and order."""
        owner = make_owner(f"0912{number:07}")
        return cls(stage, owner, make_order(owner, f"کارگاه {number}"), {})

    def go_to_bank(self) -> bool:
        """Press «پرداخت»; False where the web died meanwhile."""
        client = Client()
        client.force_login(self.owner)
        session = client.cookies["sessionid"].value
        url = f"{self.stage.addresses.portal}/orders/{self.order.number}"
        with requests.Session() as browser:
            browser.trust_env = False
            browser.cookies.set("sessionid", session, domain="127.0.0.1", path="/")
            try:
                page = browser.get(f"{url}/", timeout=20).content.decode()
                token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
                data = {"csrfmiddlewaretoken": token, "gateway": "behpardakht"}
                answer = browser.post(f"{url}/bank/", data=data, timeout=20)
            except GONE:
                return False
        return bool(answer.status_code == 200)

    def pay_at_bank(self) -> None:
        """Press «پرداخت» on the bank's page; the browser then holds the way back."""
        token = self.attempt().token
        referer = {"Referer": f"{self.stage.addresses.portal}/"}
        page = _session_post(
            f"{self.stage.bank_url}/pgwchannel/startpay.mellat", {"RefId": token}, referer
        )
        form = _form(page)
        chosen = {**dict(form.form_values()), "choice": "pay"}
        answer = _session_post(self.stage.bank_url + form.action, chosen, referer)
        self.fields = dict(_form(answer).form_values())

    def come_back(self) -> bool:
        """The bank's POST; False where the web died over it."""
        try:
            _session_post(f"{self.stage.addresses.portal}{CALLBACK}", self.fields, {})
        except GONE:
            return False
        return True

    def attempt(self) -> PaymentAttempt:
        """The newest try."""
        return PaymentAttempt.objects.filter(order=self.order).latest("pk")

    def settle_down(self) -> None:
        """Let time pass and the jobs run until nothing of this order waits any more."""
        forget_leases()
        for _round in range(ROUNDS):
            if self._is_at_rest():
                return
            self.stage.pass_time(70)
            forget_leases()
            limit = time.monotonic() + 6
            while time.monotonic() < limit and not self._is_at_rest():
                time.sleep(0.3)

    def _is_at_rest(self) -> bool:
        live = PaymentAttempt.objects.filter(order=self.order, state__in=LIVE)
        waiting = SmsMessage.objects.filter(user=self.owner, state__in=WAITING)
        return not live.exists() and not waiting.exists()


def _form(page: str) -> Any:
    tree: Any = html.fromstring(page)
    return tree.forms[0]


def _session_post(url: str, data: dict[str, str], headers: dict[str, str]) -> str:
    with requests.Session() as browser:
        browser.trust_env = False
        answer = browser.post(url, data=data, headers=headers, timeout=30)
    return answer.content.decode()


def forget_leases() -> None:
    """Stand in for waiting: what a killed process held by the machine's clock is let go at once."""
    past = clock.machine_now() - timedelta(minutes=1)
    Job.objects.exclude(leased_until=None).update(leased_until=past)
    SmsMessage.objects.exclude(leased_until=None).update(leased_until=past)


@dataclass(frozen=True)
class Books:
    """What the bank and the portal say of one purchase when all is at rest."""

    taken: int
    takings: int
    states: tuple[str, ...]
    settles: int
    placed: int
    receipts: int
    sms: tuple[str, ...]

    @property
    def lost(self) -> int:
        """1 where the bank keeps money that the portal neither counts nor gives to a person."""
        return int(self.takings > self.states.count("settled") + self.states.count("needs_review"))

    @property
    def doubled(self) -> int:
        """How much happened more than once: takings, settles, services, receipts."""
        counted = (self.takings, self.settles, self.placed, self.receipts)
        return sum(max(0, count - 1) for count in counted)

    @property
    def doubled_sms(self) -> int:
        """Of that the receipts: they annoy and cost an SMS; everything else is money or what it bought."""
        return max(0, self.receipts - 1)

    def agrees(self, spare_sms: int = 0) -> bool:
        """Whether a payment that was taken has one history, one service and its receipt (or a row that tells).

        `spare_sms` is how often the receipt may have come beyond its first.
        """
        told = self.sms == (SmsState.UNKNOWN,) or SmsState.DEAD in self.sms
        told = told or 1 <= self.receipts <= 1 + spare_sms
        if self.takings:
            once = self.takings == self.settles == self.placed == 1
            return once and not self.lost and self.doubled_sms <= spare_sms and told
        return not self.settles and not self.placed and not self.receipts


def books_of(purchase: Purchase) -> Books:
    """Read both sides."""
    tries = list(PaymentAttempt.objects.filter(order=purchase.order).order_by("pk"))
    numbers = {attempt.order_number for attempt in tries}
    sales = [sale for sale in purchase.stage.ledger()["sales"] if sale["order_id"] in numbers]
    visits = VisitRequest.objects.filter(order_lines__order=purchase.order).distinct()
    paid = RequestEvent.objects.filter(request__in=visits, to_status=RequestStatus.SCHEDULING)
    return Books(
        taken=sum(sale["taken"] for sale in sales),
        takings=sum(bool(sale["taken"]) for sale in sales),
        states=tuple(attempt.state for attempt in tries),
        # Moves alone: each copy of a callback is noted, too, and moves nothing.
        settles=PaymentEvent.objects.filter(attempt__in=tries, to_state=AttemptState.SETTLED)
        .exclude(from_state=AttemptState.SETTLED)
        .count(),
        placed=paid.count(),
        receipts=sum(
            "رسید شماست" in one for one in purchase.stage.messages(purchase.owner.mobile or "")
        ),
        sms=tuple(
            SmsMessage.objects.filter(user=purchase.owner, event=RECEIPT).values_list(
                "state", flat=True
            )
        ),
    )
