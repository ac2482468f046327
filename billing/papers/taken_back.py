"""Whole-rial parts of lines that are taken back. Pure."""

from collections.abc import Sequence
from typing import NamedTuple


class Left(NamedTuple):
    """What of an invoiced line was not taken back yet."""

    base_rial: int
    vat_rial: int

    @property
    def total_rial(self) -> int:
        """Base and VAT."""
        return self.base_rial + self.vat_rial


def take(amount_rial: int, lines: Sequence[Left]) -> list[Left]:
    """`amount_rial` taken from these lines, each by its weight; the parts sum up to it exactly.

    Of each part VAT is what it is of its line, the fraction cut; a line taken whole gives back its VAT whole.
    Raises ValueError if there is less left than that.
    """
    parts = _shares(amount_rial, [line.total_rial for line in lines])
    return [_part(part, line) for part, line in zip(parts, lines, strict=True)]


def _shares(amount: int, weights: Sequence[int]) -> list[int]:
    total = sum(weights)
    if not 0 <= amount <= total:
        raise ValueError("more than what is left")
    if total == 0:
        return [0] * len(weights)
    shares = [amount * weight // total for weight in weights]
    # The rials that cutting left over go to those with the largest fractions; none gets more than it has.
    by_fraction = sorted(range(len(weights)), key=lambda at: -(amount * weights[at] % total))
    for at in by_fraction[: amount - sum(shares)]:
        shares[at] += 1
    return shares


def _part(part: int, line: Left) -> Left:
    vat = line.vat_rial * part // line.total_rial if part else 0
    return Left(part - vat, vat)
