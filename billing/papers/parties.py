"""Who sells and who buys, as an invoice keeps it: JSON with fixed keys.

seller: name, national_id, economic_number, registration_number, address, postal_code, phone, is_sample.
buyer: kind (person, company, foreign), name, national_id, economic_number, registrant, address, postal_code; or only
redacted (True), ten years later.
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.holder import tax_identity_of
from billing.models import BuyerKind, InvoiceBuyer, Order
from billing.papers.document import Box, Fact


def seller() -> dict[str, Any]:
    """The seller of today, from the settings."""
    return {**settings.SELLER, "is_sample": settings.SELLER_IS_SAMPLE}


def buyer_of(order: Order, *, is_asked: bool = True) -> dict[str, str]:
    """Whom the order's invoice names: the buyer that the owner asked for, else the holder of the account.

    `is_asked` is False where the caller knows that the owner asked for none.
    """
    asked = InvoiceBuyer.objects.filter(order=order).first() if is_asked else None
    identity = tax_identity_of(order.owner)
    if asked is None:
        return {**identity._asdict(), "address": "", "postal_code": ""}
    return {
        "kind": asked.kind,
        "name": asked.name,
        "national_id": asked.national_id,
        "economic_number": asked.economic_number,
        "registrant": identity.registrant if asked.national_id == identity.national_id else "",
        "address": asked.address,
        "postal_code": asked.postal_code,
    }


def seller_box(data: dict[str, Any]) -> Box:
    """The seller on a paper."""
    return Box(
        _("Seller"),
        (
            Fact(_("Name"), data["name"]),
            Fact(_("National id of the company"), data["national_id"], is_code=True),
            Fact(_("Economic number"), data["economic_number"], is_code=True),
            Fact(_("Registration number"), data["registration_number"], is_code=True),
            Fact(_("Postal address"), data["address"]),
            Fact(_("Postal code"), data["postal_code"], is_code=True),
            Fact(_("Telephone"), data["phone"], is_code=True),
        ),
    )


def buyer_box(data: dict[str, Any]) -> Box:
    """The buyer on a paper."""
    if data.get("redacted"):
        return Box(_("Buyer"), (Fact(_("Name"), _("Removed after ten years")),))
    return Box(
        _("Buyer"),
        (
            Fact(_("Name"), data["name"]),
            Fact(id_label(data["kind"]), data["national_id"], is_code=True),
            Fact(_("Economic number"), data["economic_number"], is_code=True),
            Fact(_("Registrant"), data["registrant"]),
            Fact(_("Postal address"), data["address"]),
            Fact(_("Postal code"), data["postal_code"], is_code=True),
        ),
    )


def id_label(kind: str) -> str:
    """What the identifying number of such a buyer is called."""
    if kind == BuyerKind.COMPANY:
        return _("National id of the company")
    return _("Foreign national's code") if kind == BuyerKind.FOREIGN else _("National id")
