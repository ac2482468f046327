"""What an owner gets back when a paid request ends without a visit, asked upwards: the app of money registers itself.

Without anybody registered nothing is returned and nothing need be held.
"""

from collections.abc import Callable
from dataclasses import dataclass

from inspections.models import VisitRequest


@dataclass(frozen=True)
class MoneyBack:
    """`hold` locks the order of a request, before the request is locked; `amount` says what goes back (whole rial)."""

    hold: Callable[[int], None]
    # The request, and whether its owner withdraws it (the terms may keep a part then).
    amount: Callable[[VisitRequest, bool], int]


_registered: list[MoneyBack] = []


def register(answers: MoneyBack) -> None:
    """Let these answer; call it from an AppConfig's ready()."""
    _registered[:] = [answers]


def hold(request_id: int) -> None:
    """Lock what the money of the request depends on, in the caller's transaction and before the request's row."""
    for answers in _registered:
        answers.hold(request_id)


def amount(request: VisitRequest, *, by_owner: bool) -> int:
    """What the owner gets back if the request ended now (whole rial)."""
    return sum(answers.amount(request, by_owner) for answers in _registered)
