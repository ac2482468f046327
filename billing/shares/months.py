"""Jalali months as spans of moments in Tehran."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self

from septam import clock, jalali
from septam.digits import to_persian


@dataclass(frozen=True, order=True)
class Month:
    """A Jalali month."""

    year: int
    month: int

    @classmethod
    def of(cls, moment: date | datetime) -> Self:
        """The month in which the moment lies in Tehran."""
        year, month, _day = jalali.parts(moment)
        return cls(year, month)

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime.combine(
            jalali.to_gregorian(self.year, self.month, 1), time.min, clock.TEHRAN
        )

    @property
    def next(self) -> "Month":
        """The month after it."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def before(self) -> "Month":
        """The month before it."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return self.next.begins

    @property
    def is_over(self) -> bool:
        """Whether it lies behind us."""
        return clock.now() >= self.ends

    def __str__(self) -> str:
        return f"{jalali.JALALI_MONTHS[self.month - 1]} {to_persian(self.year)}"
