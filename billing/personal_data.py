"""What orders and payments keep about a person, what speaks against closing an account, and what of it may go.

The law keeps what proves a payment for ten years: orders, attempts, invoices, transfers and refunds stay as they are.
"""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from billing import gateways, orders
from billing.models import (
    AttemptState,
    BankTransfer,
    BuyerKind,
    Invoice,
    InvoiceBuyer,
    InvoiceKind,
    LineKind,
    Order,
    OrderLine,
    OrderState,
    PaperFile,
    PaymentAttempt,
    RefundCase,
    RefundReason,
    RefundState,
    TransferState,
)
from billing.models.payments import HOLDING
from billing.models.refunds import OPEN_CASES
from billing.transfers import holding
from inspections.models import VisitRequest
from septam import kept_files
from septam.exports.columns import Column, moment
from septam.personal_data import Keeper, Paper, Table

_ORDER = Column(gettext_lazy("Order"), "order__number")

ORDERS = Table(
    "orders", gettext_lazy("Orders"),
    lambda person: Order.objects.filter(owner_id=person).order_by("pk"),
    (
        Column(gettext_lazy("Number"), "number"),
        Column(gettext_lazy("State"), "state", OrderState),
        Column(gettext_lazy("Sum before VAT"), "base_rial"),
        Column(gettext_lazy("VAT"), "vat_rial"),
        Column(gettext_lazy("Payable"), "payable_rial"),
        moment(gettext_lazy("Created"), "created_at"),
        moment(gettext_lazy("Paid"), "paid_at"),
    ),
)  # fmt: skip
LINES = Table(
    "order-lines", gettext_lazy("Lines of the orders"),
    lambda person: OrderLine.objects.filter(order__owner_id=person).order_by("pk"),
    (
        _ORDER,
        Column(gettext_lazy("Visit request"), "request__number"),
        Column(gettext_lazy("Kind"), "kind", LineKind),
        Column(gettext_lazy("Title"), "title"),
        Column(gettext_lazy("Amount (rial)"), "amount_rial"),
        Column(gettext_lazy("VAT"), "vat_rial"),
    ),
)  # fmt: skip
PAYMENTS = Table(
    "payments", gettext_lazy("Payments"),
    lambda person: PaymentAttempt.objects.filter(order__owner_id=person).order_by("pk"),
    (
        _ORDER,
        Column(gettext_lazy("Gateway"), "gateway", convert=gateways.title_of),
        Column(gettext_lazy("Number at the bank"), "order_number"),
        Column(gettext_lazy("Amount (rial)"), "amount_rial"),
        Column(gettext_lazy("State"), "state", AttemptState),
        Column(gettext_lazy("Bank reference"), "reference"),
        Column(gettext_lazy("Card"), "masked_card"),
        moment(gettext_lazy("Created"), "created_at"),
        moment(gettext_lazy("Paid"), "settled_at"),
    ),
)  # fmt: skip
TRANSFERS = Table(
    "transfers", gettext_lazy("Bank transfers"),
    lambda person: BankTransfer.objects.filter(order__owner_id=person).order_by("pk"),
    (
        _ORDER,
        Column(gettext_lazy("State"), "state", TransferState),
        Column(gettext_lazy("Bank's tracking number"), "reference"),
        Column(gettext_lazy("Amount (rial)"), "amount_rial"),
        Column(gettext_lazy("Sender's name"), "payer"),
        moment(gettext_lazy("Day of the transfer"), "paid_on"),
    ),
)  # fmt: skip
BUYERS = Table(
    "invoice-buyers", gettext_lazy("Buyers that you named"),
    lambda person: InvoiceBuyer.objects.filter(order__owner_id=person).order_by("pk"),
    (
        _ORDER,
        Column(gettext_lazy("Kind"), "kind", BuyerKind),
        Column(gettext_lazy("Name"), "name"),
        Column(gettext_lazy("National id"), "national_id"),
        Column(gettext_lazy("Economic number"), "economic_number"),
        Column(gettext_lazy("Address"), "address"),
        Column(gettext_lazy("Postal code"), "postal_code"),
    ),
)  # fmt: skip
INVOICES = Table(
    "invoices", gettext_lazy("Invoices"),
    lambda person: Invoice.objects.filter(order__owner_id=person).order_by("pk"),
    (
        Column(gettext_lazy("Number"), "number"),
        Column(gettext_lazy("Kind"), "kind", InvoiceKind),
        _ORDER,
        Column(gettext_lazy("Name"), "buyer__name"),
        Column(gettext_lazy("National id"), "buyer__national_id"),
        Column(gettext_lazy("Amount (rial)"), "payable_rial"),
        moment(gettext_lazy("Issued"), "issued_at"),
    ),
)  # fmt: skip
REFUNDS = Table(
    "refunds", gettext_lazy("Refunds"),
    lambda person: RefundCase.objects.filter(order__owner_id=person).order_by("pk"),
    (
        _ORDER,
        Column(gettext_lazy("Reason"), "reason", RefundReason),
        Column(gettext_lazy("State"), "state", RefundState),
        Column(gettext_lazy("To be returned (rial)"), "amount_rial"),
        Column(gettext_lazy("IBAN"), "iban"),
        Column(gettext_lazy("Bank reference"), "reference"),
        moment(gettext_lazy("Created"), "created_at"),
        moment(gettext_lazy("Returned on"), "done_at"),
    ),
)  # fmt: skip


def papers(account_id: int) -> Iterator[Paper]:
    """Receipts and invoices that somebody asked for before."""
    made = PaperFile.objects.filter(order__owner_id=account_id).exclude(pdf="")
    for one in made.select_related("order", "invoice").order_by("-pk"):
        what = f"invoice-{one.invoice.number}" if one.invoice else f"receipt-{one.order.number}"
        yield Paper(f"{what}.pdf", one.pdf)


def open_matters(account_id: int) -> Iterable[str]:
    """Money that is on its way to the portal, or back. Unpaid orders are locked: nobody pays one meanwhile."""
    mine = Order.objects.filter(owner_id=account_id)
    _hold_unpaid(account_id)
    if PaymentAttempt.objects.filter(order__owner_id=account_id, state__in=HOLDING).exists():
        yield _("A payment of yours is under way. Wait until the bank has answered.")
    held = holding.held_orders().filter(owner_id=account_id)
    if held.exists():
        yield _(
            "An order of yours waits for a bank transfer. Give the proforma up, or wait until the money is matched."
        )
    if _reported_beside(account_id, held).exists():
        yield _("A transfer that you reported was not looked for yet. Wait until it is.")
    cases = RefundCase.objects.filter(order__owner_id=account_id, state__in=OPEN_CASES)
    unplaced = mine.filter(state=OrderState.PAID_UNPLACED).exclude(
        refund_cases__state=RefundState.DONE
    )
    if cases.exists() or unplaced.exists():
        yield _("Money is to be returned to you. Wait until it is.")


def _hold_unpaid(account_id: int) -> None:
    """Lock what is unpaid, given up or not. What the payers began before is then there to be seen."""
    unpaid = (OrderState.OPEN, OrderState.CANCELLED)
    mine = Order.objects.filter(owner_id=account_id, state__in=unpaid)
    list(mine.select_for_update(of=("self",)).order_by("pk"))


def _reported_beside(account_id: int, held: QuerySet[Order]) -> QuerySet[BankTransfer]:
    """Reports for orders that do not wait any more, such as one that was then paid by card."""
    mine = BankTransfer.objects.filter(order__owner_id=account_id, state=TransferState.REPORTED)
    return mine.exclude(order__in=held)


def close(account_id: int) -> None:
    """Empty the cart. Nothing of it is being paid: `open_matters` was asked in this transaction."""
    owner = User.objects.get(pk=account_id)
    for request in VisitRequest.objects.in_cart().filter(owner_id=account_id).order_by("pk"):
        orders.leave_cart(request, owner, "removed")
    orders.dissolve(Order.objects.filter(owner_id=account_id, state=OrderState.OPEN))


def forget(account_id: int) -> None:
    """The papers of receipts are made anew, without the name; what an invoice says stands there for ten years."""
    InvoiceBuyer.objects.filter(order__owner_id=account_id).delete()
    receipts = PaperFile.objects.filter(order__owner_id=account_id, invoice=None).exclude(pdf="")
    kept_files.drop(receipts.values_list("pdf", flat=True))
    receipts.delete()


KEEPER = Keeper(
    "billing", (ORDERS, LINES, PAYMENTS, TRANSFERS, BUYERS, INVOICES, REFUNDS),
    papers=papers, open_matters=open_matters, close=close, forget=forget,
)  # fmt: skip
