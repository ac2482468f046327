"""The buyer on a proforma: kept as it was on the day it was asked for."""

from accounts.holder import tax_identity_of
from accounts.models import HolderKind, User


def buyer_of(user: User) -> dict[str, str]:
    """Kind, name, national id, economic number and phone of the account's holder; unknown ones are empty."""
    known = tax_identity_of(user)
    return {
        "kind": known.kind,
        "name": known.name,
        "national_id": known.national_id,
        "economic_number": known.economic_number,
        "mobile": user.mobile or "",
    }


def is_company(buyer: dict[str, str]) -> bool:
    """Whether the buyer is a legal entity."""
    return buyer.get("kind") == HolderKind.COMPANY
