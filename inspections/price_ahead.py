"""What a visit would cost before it is asked for, asked upwards: the app of money registers itself.

Without anybody registered, or where no price fits, no price is shown.
"""

from collections.abc import Callable

from inspections.models import VisitRequest

# A request that is not saved, with its place, category, city and kind; whole rial with VAT, None without a price.
_Answer = Callable[[VisitRequest], int | None]

_registered: list[_Answer] = []


def register(answer: _Answer) -> None:
    """Let this answer; call it from an AppConfig's ready()."""
    _registered[:] = [answer]


def payable(request: VisitRequest) -> int | None:
    """What the owner would have to pay (whole rial), as the cart would say today."""
    return next((answer(request) for answer in _registered), None)
