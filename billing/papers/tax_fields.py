"""An invoice in the field names of «سامانه مودیان» (the tax organisation's), a row a line, for exports.

Sending is the work of the accountant's software; the portal keeps the fields and the number that came back. Amounts
are whole rial; moments are milliseconds since 1970 (UTC), as that system takes them.
"""

from datetime import datetime

from billing.models import BuyerKind, Invoice, InvoiceKind, InvoiceLine, TaxState
from billing.papers import evidence

Row = dict[str, str | int]
# `ins`: an original invoice, a correction. `inty`: a sale that names its buyer. `inp`: a sale. `setm`: paid at once.
_ORIGINAL, _CORRECTION = 1, 2
_NAMED, _SALE, _CASH = 1, 1, 1
# `tob`: a natural person, a legal entity, a foreign national.
_BUYER_TYPES = {BuyerKind.PERSON: 1, BuyerKind.COMPANY: 2, BuyerKind.FOREIGN: 4}


def rows_of(invoice: Invoice) -> list[Row]:
    """One row a line, each with the head of the invoice; what is not known is empty."""
    head = _head(invoice) | _payment(invoice)
    return [head | _body(line) for line in invoice.lines.order_by("position")]


def _head(invoice: Invoice) -> Row:
    buyer = invoice.buyer
    is_credit = invoice.kind == InvoiceKind.CREDIT
    return {
        "taxid": tax_number_of(invoice),
        "irtaxid": tax_number_of(invoice.corrects) if invoice.corrects else "",
        "inno": invoice.number,
        "indatim": _milliseconds(invoice.issued_at),
        "inty": _NAMED,
        "inp": _SALE,
        "ins": _CORRECTION if is_credit else _ORIGINAL,
        "tins": str(invoice.seller["economic_number"]),
        "tob": _BUYER_TYPES.get(buyer.get("kind"), ""),
        "bid": str(buyer.get("national_id", "")),
        "tinb": str(buyer.get("economic_number", "")),
        "bpc": str(buyer.get("postal_code", "")),
        "tprdis": invoice.base_rial,
        "tdis": 0,
        "tadis": invoice.base_rial,
        "tvam": invoice.vat_rial,
        "tbill": invoice.payable_rial,
        "setm": _CASH,
    }


def tax_number_of(invoice: Invoice) -> str:
    """The 22 characters that finance noted, unless they were rejected; else empty."""
    noted = invoice.tax_submissions.exclude(state=TaxState.REJECTED).first()
    return noted.tax_number if noted else ""


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _payment(invoice: Invoice) -> Row:
    """How it was paid: of several transfers the first."""
    kept = evidence.from_json(invoice.payments)
    if not kept:
        return {"trmn": "", "trn": "", "pcn": "", "pdt": "", "pv": ""}
    paid = kept[0]
    return {
        "trmn": paid.terminal,
        "trn": paid.reference,
        "pcn": paid.masked_card,
        "pdt": _milliseconds(paid.moment) if paid.moment else "",
        "pv": paid.amount_rial,
    }


def _body(line: InvoiceLine) -> Row:
    base = line.unit_price_rial * line.quantity
    return {
        "sstid": line.service_id,
        "sstt": line.title,
        "am": line.quantity,
        "fee": line.unit_price_rial,
        "prdis": base,
        "dis": line.discount_rial,
        "adis": base - line.discount_rial,
        # Percent, with a point where it is no whole one.
        "vra": f"{line.vat_basis_points / 100:g}",
        "vam": line.vat_rial,
        "tsstam": line.total_rial,
    }
