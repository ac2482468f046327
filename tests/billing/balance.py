"""The banks' own books against the portal's, sale by sale in both directions.

`differences()` says in words what does not agree; an empty list is what every test of money must end with.
Another bank joins by its own list of `BankSale`; transfers to the portal's account by the lines of its statement.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Sum

from billing.models import AttemptState, LineKind, Order, OrderState, PaymentAttempt, PaymentEvent
from billing.models.refunds import RefundCase
from billing.models.transfers import SEEN, BankTransfer
from inspections.models import RequestEvent, RequestStatus, VisitRequest
from notifications.models import SmsMessage

S = AttemptState
PAID = (OrderState.PAID, OrderState.PAID_UNPLACED)
TAKEN = "SETTLED"
RECEIPTS = ("payment.receipt", "payment.receipt_many")


@dataclass(frozen=True)
class BankSale:
    """One sale as a bank's own books hold it; the amount in rial. A bank may know no number of ours."""

    gateway: str
    number: int | None
    token: str
    reference: str
    amount_rial: int
    state: str

    @property
    def is_taken(self) -> bool:
        """Whether the bank has really taken the money (not merely holds it)."""
        return self.state == TAKEN

    def __str__(self) -> str:
        return f"sale {self.number or self.token} of {self.gateway} ({self.state}, {self.amount_rial} rial)"


def sales_of(
    ledger: Mapping[str, Any], gateway: str = "behpardakht", before: Iterable[str] = ()
) -> list[BankSale]:
    """The sales of a simulator's `/_control/ledger`, without those of the tokens in `before`."""
    known = set(before)
    return [
        BankSale(
            entry.get("bank", gateway), max(entry["order_id"], 0) or None, entry["ref_id"],
            str(entry["sale_reference_id"] or ""), entry["amount"], entry["state"],
        )
        for entry in ledger["sales"]
        if entry["ref_id"] not in known
    ]  # fmt: skip


@dataclass
class _Books:
    """What the portal holds, read once."""

    attempts: list[PaymentAttempt] = field(
        default_factory=lambda: list(PaymentAttempt.objects.select_related("order__owner"))
    )
    orders: list[Order] = field(
        default_factory=lambda: list(Order.objects.select_related("owner").order_by("pk"))
    )
    requests: dict[int, VisitRequest] = field(
        default_factory=lambda: {one.pk: one for one in VisitRequest.objects.all()}
    )
    cases: list[RefundCase] = field(
        default_factory=lambda: list(RefundCase.objects.exclude(state="refused"))
    )
    transfers: list[BankTransfer] = field(
        default_factory=lambda: list(BankTransfer.objects.filter(state__in=SEEN))
    )

    def matched(self, order: Order) -> list[int]:
        """What transfers brought for the order."""
        return [
            one.amount_rial
            for one in self.transfers
            if one.order_id == order.pk and one.state == "matched"
        ]

    def settled(self, order: Order) -> list[int]:
        """What cards brought for the order."""
        return [
            one.amount_rial
            for one in self.attempts
            if one.order_id == order.pk and one.state == S.SETTLED
        ]

    def owed(self, order: Order, reason: str) -> int:
        """What the order's live cases of this reason say was paid for it."""
        return sum(
            one.paid_rial for one in self.cases if one.order_id == order.pk and one.reason == reason
        )


def differences(sales: Iterable[BankSale], statement: Mapping[str, int] | None = None) -> list[str]:
    """All that does not agree between the banks, the orders, the services and the receipts.

    `statement`: reference → rial of what really came to the account; None where no transfers are looked at.
    """
    books, sold = _Books(), list(sales)
    return [
        *_banks_against_portal(sold, books),
        *_portal_against_banks(sold, books),
        *_statement_against_portal(statement, books),
        *_orders_against_money(books),
        *_refunds_against_money(books),
        *_orders_against_services(books),
        *_services_against_orders(books),
        *_differences_against_certificates(books),
        *_told_once(books),
    ]


def _banks_against_portal(sales: list[BankSale], books: _Books) -> Iterator[str]:
    by_number = {attempt.order_number: attempt for attempt in books.attempts}
    by_token = {(one.gateway, one.token): one for one in books.attempts if one.token}
    for sale in sales:
        attempt = by_token.get((sale.gateway, sale.token)) or by_number.get(sale.number or 0)
        if attempt is None:
            if sale.is_taken:
                yield f"the bank took the money of {sale}, the portal knows nothing of it"
            continue
        if sale.number not in (None, attempt.order_number):
            yield f"{sale} has another number than attempt {attempt}"
        if sale.amount_rial != attempt.amount_rial:
            yield f"{sale} is not of the {attempt.amount_rial} rial of attempt {attempt}"
        yield from _state_against_state(sale, attempt, books)


def _state_against_state(sale: BankSale, attempt: PaymentAttempt, books: _Books) -> Iterator[str]:
    if attempt.state == S.SETTLED:
        if not sale.is_taken and not _was_returned(attempt, books):
            yield f"attempt {attempt} is settled, but {sale} was not taken"
        if sale.reference != attempt.reference:
            yield f"attempt {attempt} keeps reference {attempt.reference}, {sale} has {sale.reference}"
    elif sale.is_taken and attempt.state != S.NEEDS_REVIEW and not _is_owed_back(attempt, books):
        # A person has the ones that need review; whoever paid twice must be owed it.
        yield f"the bank took the money of {sale}, attempt {attempt} is {attempt.state}"


def _was_returned(attempt: PaymentAttempt, books: _Books) -> bool:
    """Whether all of a settled attempt's money was given back by refunds that are done."""
    done = (one for one in books.cases if one.order_id == attempt.order_id and one.state == "done")
    return sum(case.amount_rial for case in done) == attempt.amount_rial


def _is_owed_back(attempt: PaymentAttempt, books: _Books) -> bool:
    """Whether a refund case stands for this very attempt's money, in full."""
    return any(
        case.attempt_id == attempt.pk and case.amount_rial == attempt.amount_rial
        for case in books.cases
    )


def _portal_against_banks(sales: list[BankSale], books: _Books) -> Iterator[str]:
    taken = Counter(
        (sale.gateway, sale.reference, sale.amount_rial) for sale in sales if sale.is_taken
    )
    tokens = {(sale.gateway, sale.token) for sale in sales}
    for attempt in books.attempts:
        if attempt.token and (attempt.gateway, attempt.token) not in tokens:
            yield f"attempt {attempt} holds a token that the bank never gave"
        key = (attempt.gateway, attempt.reference, attempt.amount_rial)
        if attempt.state == S.SETTLED and taken[key] != 1 and not _was_returned(attempt, books):
            yield f"attempt {attempt} is settled; the bank took this {taken[key]} times"


def _statement_against_portal(statement: Mapping[str, int] | None, books: _Books) -> Iterator[str]:
    if statement is None:
        return
    seen = {one.reference: one.amount_rial for one in books.transfers}
    for reference in statement.keys() | seen.keys():
        if statement.get(reference) != seen.get(reference):
            yield (
                f"transfer {reference}: {statement.get(reference)} rial on the statement,"
                f" {seen.get(reference)} in the portal"
            )


def _orders_against_money(books: _Books) -> Iterator[str]:
    """Each paid order has settled money of exactly its sum; what is above it is owed back."""
    for order in books.orders:
        cards, transfers = books.settled(order), books.matched(order)
        came, is_paid = sum(cards) + sum(transfers), order.state in PAID
        if is_paid and came != order.payable_rial + books.owed(order, "overpaid"):
            yield f"order {order} of {order.payable_rial} rial is paid by {cards} and {transfers}"
        # Transfers may pay an order in parts; a card pays all of it or nothing.
        if not is_paid and (cards or came >= order.payable_rial > 0):
            yield f"order {order} ({order.state}) is not paid in spite of {cards} and {transfers}"
        if (order.paid_at is not None) != is_paid:
            yield f"order {order} is {order.state}, paid at {order.paid_at}"
    yield from _wrong_sums()


def _refunds_against_money(books: _Books) -> Iterator[str]:
    """What goes back of an order was paid for it; a second payment goes back by a case of its own."""
    for order in books.orders:
        came = sum(books.settled(order)) + sum(books.matched(order))
        cases = [one for one in books.cases if one.order_id == order.pk]
        due = sum(one.amount_rial for one in cases if one.reason != "duplicate")
        if due > came:
            yield f"order {order}: {due} rial are to be returned of {came}"
    twice = Counter(case.attempt_id for case in books.cases if case.attempt_id)
    for attempt_id, count in twice.items():
        if count > 1:
            yield f"attempt {attempt_id} is returned {count} times"


def _wrong_sums() -> Iterator[str]:
    lines = Order.objects.annotate(kept=Sum(F("lines__amount_rial") + F("lines__vat_rial")))
    for order in lines.exclude(kept=F("payable_rial")):
        yield f"the lines of order {order} are not its sum"


def _request_ids(order: Order) -> set[int]:
    visits = order.lines.filter(kind=LineKind.VISIT)
    return set(visits.values_list("request_id", flat=True))


def _served(order: Order, books: _Books) -> set[int]:
    """The requests that this order's money, and no other's, put on their way."""
    return {pk for pk in _request_ids(order) if books.requests[pk].paid_at == order.paid_at}


def _orders_against_services(books: _Books) -> Iterator[str]:
    """What a paid order could not serve is owed back, to the rial; nothing else of it is without service."""
    for order in books.orders:
        if order.state not in PAID or _differences(order):
            continue
        without = _request_ids(order) - _served(order, books)
        if bool(without) != (order.state == OrderState.PAID_UNPLACED):
            yield f"order {order} is {order.state}, but requests {sorted(without)} are not served by it"
        lines = order.lines.filter(request_id__in=without)
        due = lines.aggregate(due=Sum(F("amount_rial") + F("vat_rial")))["due"] or 0
        owed = books.owed(order, "unplaced")
        if due != owed:
            yield f"order {order} could not serve {due} rial, {owed} are owed back"


def _services_against_orders(books: _Books) -> Iterator[str]:
    paid = [order for order in books.orders if order.state in PAID]
    served = Counter(pk for order in paid for pk in _served(order, books))
    for request in books.requests.values():
        if request.paid_at is None and request.status not in (
            RequestStatus.IN_CART,
            RequestStatus.CANCELLED,
        ):
            yield f"request {request} is {request.status} without payment"
        if request.paid_at is not None and request.status == RequestStatus.IN_CART:
            yield f"request {request} is paid and still in the cart"
        if served[request.pk] != (request.paid_at is not None):
            yield f"request {request} (paid at {request.paid_at}) is served by {served[request.pk]} orders"


def _differences(order: Order) -> list[VisitRequest]:
    lines = order.lines.filter(kind=LineKind.DIFFERENCE).select_related("request")
    return [line.request for line in lines]


def _differences_against_certificates(books: _Books) -> Iterator[str]:
    """A paid difference led to its certificate or is owed back whole; who waits for one has one open order."""
    open_orders: Counter[int] = Counter()
    for order in books.orders:
        for request in _differences(order):
            open_orders[request.pk] += order.state == OrderState.OPEN
            if order.state == OrderState.PAID and request.status != RequestStatus.CERTIFIED:
                yield f"order {order} paid a difference, but request {request} is {request.status}"
            owed = books.owed(order, "unplaced")
            if owed != (order.payable_rial if order.state == OrderState.PAID_UNPLACED else 0):
                yield f"order {order} is {order.state}, {owed} rial are owed back"
    for request in books.requests.values():
        waits = (request.status, request.reason) == (RequestStatus.VISITED, "difference")
        if open_orders[request.pk] != waits:
            yield f"request {request} ({request.status}, {request.reason}) has {open_orders[request.pk]} open differences"


def _told_once(books: _Books) -> Iterator[str]:
    """Each settled attempt: one history row; each order with money: one receipt; each paid request: one row."""
    rows = PaymentEvent.objects.filter(to_state=S.SETTLED).exclude(from_state=S.SETTLED)
    settled_rows = Counter(rows.values_list("attempt_id", flat=True))
    for attempt in books.attempts:
        if settled_rows[attempt.pk] != (attempt.state == S.SETTLED):
            yield f"attempt {attempt} ({attempt.state}) was settled {settled_rows[attempt.pk]} times"
    receipts = SmsMessage.objects.filter(event__in=RECEIPTS)
    sent = Counter(receipts.values_list("once_key", flat=True))
    for order in books.orders:
        due = order.state in PAID and order.payable_rial > 0 and bool(order.owner.mobile)
        if (count := sent.pop(f"receipt:{order.pk}", 0)) != due:
            yield f"order {order} ({order.state}) has {count} receipts by SMS"
    if sent:
        yield f"receipts by SMS for no order: {dict(sent)}"
    yield from _story(books)


def _story(books: _Books) -> Iterator[str]:
    rows = RequestEvent.objects.filter(verb__in=("pay", "reinstate"))
    told = Counter(rows.values_list("request_id", flat=True))
    for request in books.requests.values():
        if told[request.pk] != (request.paid_at is not None):
            yield f"request {request} was told paid {told[request.pk]} times"
