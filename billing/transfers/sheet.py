"""What a «پیش‌فاکتور» says, as a Document for page and PDF."""

from django.conf import settings
from django.utils.translation import gettext as _

from billing.models import Proforma
from billing.papers import parties
from billing.papers.document import Box, Document, Fact
from billing.papers.sheets import order_line
from billing.transfers import account
from septam import jalali


def proforma_sheet(proforma: Proforma) -> Document:
    """Seller, buyer, frozen lines, the account to pay into, the payment id and the last day."""
    order = proforma.order
    seller = parties.seller()
    return Document(
        title=_("Proforma"),
        number=order.number,
        head=(
            Fact(_("Number"), order.number, is_code=True),
            Fact(_("Date"), jalali.format_date(proforma.asked_at), is_code=True),
            Fact(_("Valid until the end of"), jalali.format_date(proforma.valid_until), is_code=True),
        ),
        boxes=(parties.seller_box(seller), parties.buyer_box(parties.buyer_of(order))),
        lines=tuple(order_line(line) for line in order.lines.order_by("pk")),
        sum_label=_("Payable"),
        below=(_account_box(order.number),),
        notes=(
            _("This paper is no invoice; the invoice is issued after the payment."),
            *((_("Sample: the seller's data are those of the demonstration."),) if settings.SELLER_IS_SAMPLE else ()),
        ),
    )  # fmt: skip


def _account_box(number: str) -> Box:
    ours = account.ours()
    return Box(
        _("Transfer to"),
        (
            Fact(_("IBAN"), ours.grouped_iban, is_code=True),
            Fact(_("Bank"), ours.bank),
            Fact(_("Holder of the account"), ours.holder),
            Fact(_("Payment id (write it in the transfer)"), number, is_code=True),
        ),
    )
