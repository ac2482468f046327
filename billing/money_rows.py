"""The rows of a sum as owners read them: the guide's four lines, and «هزینه ایاب و ذهاب» where there is one."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from billing.models import LineKind

# What stands in every sum of visits, also with 0; other kinds only where they cost something.
ALWAYS = (LineKind.VISIT, LineKind.CLOUD)


class Line(Protocol):
    """A line of a quote or of an order, in rial."""

    @property
    def kind(self) -> str:
        """One of LineKind."""

    @property
    def amount_rial(self) -> int:
        """Before VAT."""


def rows_of(lines: Iterable[Line], vat_rial: int) -> list[dict[str, Any]]:
    """Label and amount of each kind in order, VAT last; the payable sum stands below them."""
    found = list(lines)
    sums = {kind: sum(o.amount_rial for o in found if o.kind == kind) for kind in LineKind}
    rows = [
        {"label": kind.label, "amount": amount}
        for kind, amount in sums.items()
        if amount or (kind in ALWAYS and not sums[LineKind.DIFFERENCE])
    ]
    return [*rows, {"label": _("VAT"), "amount": vat_rial}]
