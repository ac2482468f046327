"""What became of a payment, in plain and honest words, and what its owner can do now."""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing import gateways, price_fit
from billing.models import (
    AttemptState,
    Order,
    OrderState,
    PaymentAttempt,
    RefundReason,
    RefundState,
)
from billing.models.payments import HOLDING, NOT_SOLD, PLACE_CHANGED
from billing.transfers import holding

Words = str | Promise
S = AttemptState


@dataclass(frozen=True)
class OutcomeText:
    """A heading, sentences below it, and the tone of the badge (`good`, `wait`, `act`, `bad`, `neutral`)."""

    tone: str
    heading: Words
    sentences: tuple[Words, ...] = ()
    # The state will change by itself: offer to look again.
    is_open: bool = False

    @property
    def is_paid(self) -> bool:
        """Whether money was taken and kept."""
        return self.tone == "good"

    @property
    def is_in_cart(self) -> bool:
        """Whether what was to be paid stands in the cart again."""
        return _CART_STAYS in self.sentences


_CART_STAYS = _("Your cart is as it was; you can pay again whenever you like.")
_WAITS_IN_ORDER = _(
    "The place waits in this order until the result of the payment is known; you can pay again from the order's page."
)
_WAITS_FOR_TRANSFER = _(
    "The order waits for the money of its proforma as before; you can also pay again by card from the order's page."
)
_WAITS_FOR_TRANSFER_ALONE = _("The order waits for the money of its proforma as before.")
_REST_IN_CART = _("What still waits for payment stands in your cart.")
_COMES_BACK = _("If money left your account, the bank returns it within 72 hours.")
_DO_NOT_PAY_AGAIN = _("Please do not pay again; we send the result by SMS.")
# By then a verify has its answer, or a person looks and the payer has an SMS.
_WAIT_HALF_AN_HOUR = _("Please do not pay again for 30 minutes; we send the result by SMS.")
_NOTHING_TAKEN = _("No money was taken from your account.")

PAID = OutcomeText("good", _("The payment was made"))
_LATE = _("When the money arrived the request was no longer open, so no visit can follow from it.")
_LATE_IN_PART = _(
    "When the money arrived a part of the order was no longer open. The rest of it goes on."
)
_HOW_RETURNED = _("How it was returned stands in the order's part “Refund”.")
_WHY_REFUSED = _("The reason stands in the order's part “Refund”. Support answers your questions.")
LATE = OutcomeText(
    "act",
    _("Your payment came late and will be returned"),
    (
        _LATE,
        _("The whole sum is returned to you; you need do nothing. Support answers your questions."),
    ),
)
LATE_IN_PART = OutcomeText(
    "act",
    _("A part of your payment came late and will be returned"),
    (
        _LATE_IN_PART,
        _(
            "What you paid for that part is returned to you; you need do nothing. Support answers your questions."
        ),
    ),
)
_LATE_ENDS = {
    RefundState.DONE: OutcomeText(
        "neutral", _("Your payment came late and was returned"), (_LATE, _HOW_RETURNED)
    ),
    RefundState.REFUSED: OutcomeText(
        "act", _("Your payment came late, and its return was refused"), (_LATE, _WHY_REFUSED)
    ),
}
_LATE_IN_PART_ENDS = {
    RefundState.DONE: OutcomeText(
        "neutral",
        _("A part of your payment came late and was returned"),
        (_LATE_IN_PART, _HOW_RETURNED),
    ),
    RefundState.REFUSED: OutcomeText(
        "act",
        _("A part of your payment came late, and its return was refused"),
        (_LATE_IN_PART, _WHY_REFUSED),
    ),
}
FINISHING = OutcomeText(
    "wait", _("Payment confirmed, being registered"), (_DO_NOT_PAY_AGAIN,), is_open=True
)
CHECKING = OutcomeText(
    "wait",
    _("Being checked by the bank"),
    (
        _("The bank has not told the result of this payment yet. It becomes clear by itself."),
        _WAIT_HALF_AN_HOUR,
    ),
    is_open=True,
)
REVIEW = OutcomeText(
    "wait",
    _("Being checked by the bank"),
    (
        _("The bank has not told the result in time; our finance staff are following it up."),
        _DO_NOT_PAY_AGAIN,
    ),
    is_open=True,
)
CANCELLED = OutcomeText("act", _("You cancelled the payment"), (_NOTHING_TAKEN, _CART_STAYS))
REVERSED = OutcomeText(
    "bad",
    _("The bank returns the money"),
    (
        _(
            "The bank did not complete this payment; within 72 hours it returns the money to your card."
        ),
        _CART_STAYS,
    ),
)
DUPLICATE = OutcomeText(
    "act",
    _("This order was paid before"),
    (_("We did not accept the second payment; the bank returns it within 72 hours."),),
)
DUPLICATE_TAKEN = OutcomeText(
    "act",
    _("This order was paid before"),
    (
        _("The bank took this second payment too; we return the whole of it to you."),
        _("You see on the order's page how far the return has come."),
    ),
)
SECOND_IN_REVIEW = OutcomeText(
    "wait",
    _("This order is paid"),
    (
        _(
            "What became of this second payment is still open; our finance staff are following it up."
        ),
        _("Whatever was taken for it is returned to you; you need do nothing."),
    ),
    is_open=True,
)
UNFINISHED = OutcomeText(
    "act",
    _("The payment was not finished at the bank"),
    (
        _(
            "If you paid but did not come back from the bank's page, the bank returns the money within 72 hours."
        ),
        _CART_STAYS,
    ),
)


def _not_accepted(why: Words, where: Words) -> OutcomeText:
    returned = _("We did not take the money; the bank returns it within 72 hours.")
    return OutcomeText("bad", _("The payment was not accepted"), (why, returned, where))


# By our own result code: why money that came late was left to the bank.
NOT_ACCEPTED = {
    PLACE_CHANGED: _not_accepted(
        _(
            "After the payment began the place's data and its price were changed, or the place was archived."
        ),
        _CART_STAYS,
    ),
    NOT_SOLD: _not_accepted(
        _(
            "After the payment began its laboratory stopped visiting, or the time of the re-visit passed."
        ),
        _REST_IN_CART,
    ),
}
NOT_STARTED = OutcomeText(
    "bad",
    _("The bank could not be reached"),
    # Our server asked the bank: nothing at the payer's end can have failed.
    (_NOTHING_TAKEN, _("The fault is not yours; please try again in a few minutes."), _CART_STAYS),
)
PAID_BY_ANOTHER = OutcomeText(
    "neutral",
    _("This order is paid"),
    (_("This payment was not made; the order was paid by another one."), _COMES_BACK),
)
CLOSED = OutcomeText(
    "act",
    _("This order is no longer open"),
    (_REST_IN_CART,),
)
UNPAID = OutcomeText("act", _("Waiting for payment"))

_PAID = (OrderState.PAID, OrderState.PAID_UNPLACED)
_BY_STATE = {
    S.CREATED: UNFINISHED,
    S.SENT: UNFINISHED,
    S.RETURNED: CHECKING,
    S.VERIFYING: CHECKING,
    S.VERIFIED: FINISHING,
    S.CANCELLED: CANCELLED,
    S.ABANDONED: UNFINISHED,
    S.NEEDS_REVIEW: REVIEW,
    S.REVERSED: REVERSED,
    S.DUPLICATE: DUPLICATE,
}


def of_attempt(attempt: PaymentAttempt) -> OutcomeText:
    """What became of one try; its order is loaded."""
    if attempt.state == S.SETTLED:
        late = attempt.order.state == OrderState.PAID_UNPLACED
        return of_late(attempt.order) if late else PAID
    if attempt.state == S.DUPLICATE and attempt.settled_at:
        return DUPLICATE_TAKEN
    if attempt.state == S.NEEDS_REVIEW and attempt.order.state in _PAID:
        return SECOND_IN_REVIEW
    if attempt.state == S.FAILED:
        return _fitting(_failed(attempt) if attempt.token else NOT_STARTED, attempt)
    return _fitting(_BY_STATE[AttemptState(attempt.state)], attempt)


def _fitting(text: OutcomeText, attempt: PaymentAttempt) -> OutcomeText:
    """The words of an unpaid try, where they speak of the cart: is its order still in there?"""
    if _CART_STAYS not in text.sentences:
        return text
    order = attempt.order
    if order.state in _PAID:
        return PAID_BY_ANOTHER
    if order.state != OrderState.OPEN:
        where = _REST_IN_CART
    elif order.attempts.filter(state__in=HOLDING).exists():
        where = _WAITS_IN_ORDER
    elif holding.is_held(order):
        takes_card = not (holding.takes_no_card(order) or price_fit.shut_laboratory(order))
        where = _WAITS_FOR_TRANSFER if takes_card else _WAITS_FOR_TRANSFER_ALONE
    else:
        return text
    return replace(text, sentences=(*(one for one in text.sentences if one != _CART_STAYS), where))


def of_order(order: Order, latest: PaymentAttempt | None) -> OutcomeText:
    """What the order's owner should know now; `latest` is the order's last try, if there was one."""
    if order.state == OrderState.PAID:
        return PAID
    if order.state == OrderState.PAID_UNPLACED:
        return of_late(order)
    if latest is not None and (
        order.state == OrderState.OPEN or _BY_STATE.get(S(latest.state), PAID).is_open
    ):
        return of_attempt(latest)
    return CLOSED if order.state == OrderState.CANCELLED else UNPAID


def of_late(order: Order) -> OutcomeText:
    """Money that came for what can be served no longer: on its way back, returned, or not to be returned."""
    case = order.refund_cases.filter(reason=RefundReason.UNPLACED).order_by("-pk").first()
    if case is None:
        return LATE
    if case.paid_rial < order.payable_rial:
        return _LATE_IN_PART_ENDS.get(RefundState(case.state), LATE_IN_PART)
    return _LATE_ENDS.get(RefundState(case.state), LATE)


def _failed(attempt: PaymentAttempt) -> OutcomeText:
    if attempt.result_code in NOT_ACCEPTED:
        return NOT_ACCEPTED[attempt.result_code]
    reason = gateways.gateway(attempt.gateway).explain(attempt.result_code).text
    sentences = (reason, _COMES_BACK, _CART_STAYS) if reason else (_COMES_BACK, _CART_STAYS)
    return OutcomeText("bad", _("The payment was not made"), sentences)
