"""How an order was paid, as its receipt and its invoice say it: by the bank's page, or by bank transfers."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from billing import gateways
from billing.models import AttemptState, BankTransfer, Order, PaymentAttempt, TransferState
from billing.papers.document import Box, Fact, day_fact, moment_fact
from septam import jalali
from septam.money import format_rial


@dataclass(frozen=True)
class Evidence:
    """One payment that came in; whole rial. `paid_at` is ISO: a moment in Tehran, of a transfer its day."""

    way: str  # "gateway" or "transfer"
    title: str
    amount_rial: int
    paid_at: str
    reference: str
    masked_card: str = ""
    terminal: str = ""
    # Our own number of the payment at the bank.
    number: str = ""
    account: str = ""
    payer: str = ""

    @property
    def is_gateway(self) -> bool:
        """Whether it came through a bank's page."""
        return self.way == "gateway"

    @property
    def moment(self) -> datetime | None:
        """When it was settled; None where only the day is known."""
        return datetime.fromisoformat(self.paid_at) if self.is_gateway else None

    @property
    def day(self) -> date:
        """The day of the payment."""
        return datetime.fromisoformat(self.paid_at).date()

    def box(self) -> Box:
        """The payment on a paper."""
        return Box(
            _("How it was paid"), self._of_gateway() if self.is_gateway else self._of_transfer()
        )

    def _of_gateway(self) -> tuple[Fact, ...]:
        return (
            Fact(_("Kind of payment"), _("Internet payment")),
            Fact(_("Bank gateway"), self.title),
            Fact(_("Terminal"), self.terminal, is_code=True),
            Fact(_("Number at the bank"), self.number, is_code=True),
            Fact(_("Bank reference"), self.reference, is_code=True),
            Fact(_("Card"), self.masked_card, is_code=True),
            moment_fact(_("Paid on"), self.moment),
        )

    def _of_transfer(self) -> tuple[Fact, ...]:
        return (
            Fact(_("Kind of payment"), _("Bank transfer")),
            Fact(_("Amount"), f"{format_rial(self.amount_rial)} {_('rial')}"),
            Fact(_("Bank's tracking number"), self.reference, is_code=True),
            Fact(_("To account (IBAN)"), self.account, is_code=True),
            Fact(_("Sender's name"), self.payer),
            day_fact(_("Day of the transfer"), self.day),
        )


def of_order(order: Order) -> tuple[Evidence, ...]:
    """The payments that paid the order, in the order in which they came."""
    settled = order.attempts.filter(state=AttemptState.SETTLED).order_by("pk")
    matched = order.transfers.filter(state=TransferState.MATCHED).order_by("paid_on", "pk")
    return of(settled, matched)


def of(settled: Iterable[PaymentAttempt], matched: Iterable[BankTransfer]) -> tuple[Evidence, ...]:
    """The same from rows that are loaded."""
    return (*map(_of_attempt, settled), *map(_of_transfer, matched))


def _of_attempt(attempt: PaymentAttempt) -> Evidence:
    settled_at = attempt.settled_at or attempt.created_at
    return Evidence(
        way="gateway",
        title=gateways.title_of(attempt.gateway),
        amount_rial=attempt.amount_rial,
        paid_at=jalali.tehran(settled_at).isoformat("T", "seconds"),
        reference=attempt.reference,
        masked_card=attempt.masked_card,
        terminal=str(settings.GATEWAYS.get(attempt.gateway, {}).get("terminal", "")),
        number=str(attempt.order_number),
    )


def _of_transfer(transfer: BankTransfer) -> Evidence:
    return Evidence(
        way="transfer",
        title="",
        amount_rial=transfer.amount_rial,
        paid_at=transfer.paid_on.isoformat(),
        reference=transfer.reference,
        account=transfer.account,
        payer=transfer.payer,
    )


def to_json(payments: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    """As an invoice keeps them."""
    return [asdict(one) for one in payments]


def from_json(kept: list[dict[str, Any]]) -> tuple[Evidence, ...]:
    """What an invoice kept."""
    return tuple(Evidence(**one) for one in kept)
