"""The number that a message is about: a request's, an order's or a certificate's."""

from typing import NamedTuple

from accounts.models import User
from billing.models import Order
from inspections.models import Certificate, VisitRequest
from portal.models import ReferenceKind
from septam.digits import is_number, to_latin
from septam.identity import compact

MOST_DIGITS = 14


class Found(NamedTuple):
    """What a number names, and the row itself."""

    kind: str
    row: VisitRequest | Order | Certificate


def digits_of(typed: str) -> str:
    """The number in Latin digits without what people put between them; empty where it is none."""
    number = compact(to_latin(typed)).lstrip("#")
    return number if is_number(number) and 4 <= len(number) <= MOST_DIGITS else ""


def of_owner(owner: User, number: str) -> Found | None:
    """What this number names among the owner's own things."""
    return (
        _first(ReferenceKind.REQUEST, VisitRequest.objects.visible_to(owner).filter(number=number))
        or _first(ReferenceKind.ORDER, Order.objects.visible_to(owner).filter(number=number))
        or _first(
            ReferenceKind.CERTIFICATE, Certificate.objects.visible_to(owner).filter(number=number)
        )
    )


def anywhere(number: str) -> Found | None:
    """What this number names, whosever it is: for staff."""
    return (
        _first(ReferenceKind.REQUEST, VisitRequest.objects.filter(number=number))
        or _first(ReferenceKind.ORDER, Order.objects.filter(number=number))
        or _first(ReferenceKind.CERTIFICATE, Certificate.objects.filter(number=number))
    )


def _first(kind: str, rows: object) -> Found | None:
    row = rows.first()  # type: ignore[attr-defined]
    return Found(kind, row) if row else None
