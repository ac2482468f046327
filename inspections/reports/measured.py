"""What an expert measured beside what the owner declared and paid for: whether the visit was priced for another place."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from inspections.models import VisitReport, VisitRequest

# The share of the declared area beyond which the visit was priced for another place.
AREA_TOLERANCE = Decimal("0.10")


@dataclass(frozen=True)
class Measured:
    """Declared and true facts; areas in square metres, levels 1 to 4. None: not known, and then nothing differs."""

    declared_area: Decimal | None
    measured_area: Decimal | None
    declared_category_id: int | None
    true_category_id: int | None
    declared_level: int | None
    true_level: int | None

    @property
    def area_differs(self) -> bool:
        """Whether the areas are further apart than AREA_TOLERANCE of the declared one."""
        declared, measured = self.declared_area, self.measured_area
        if not declared or measured is None:
            return False
        return abs(measured - declared) > declared * AREA_TOLERANCE

    @property
    def category_differs(self) -> bool:
        """Whether the place is of another trade."""
        true = self.true_category_id
        return true is not None and true != self.declared_category_id

    @property
    def level_differs(self) -> bool:
        """Whether the trade on site is of another security level."""
        return None not in (self.declared_level, self.true_level) and (
            self.declared_level != self.true_level
        )

    @property
    def differs(self) -> bool:
        """Whether anything that the price follows is another one than declared."""
        return self.area_differs or self.category_differs or self.level_differs


def of(request: VisitRequest, report: VisitReport) -> Measured:
    """The facts of a handed-in report beside those of its request's snapshot; no query."""
    return found(request, report.measured_area, report.true_category_id, report.level)


def found(
    request: VisitRequest, area: Decimal | None, category_id: int | None, level: int
) -> Measured:
    """What is true on site beside the request's snapshot."""
    declared = request.snapshot
    declared_area = declared.get("area")
    return Measured(
        declared_area=Decimal(declared_area) if declared_area else None,
        measured_area=area,
        declared_category_id=declared.get("category_id"),
        true_category_id=category_id,
        declared_level=declared.get("level"),
        true_level=level,
    )


def sentences(facts: Measured) -> list[str]:
    """Every difference that touches the price, a sentence each."""
    said = []
    if facts.area_differs:
        said.append(_("The measured area differs from the declared one by more than 10 percent."))
    if facts.category_differs:
        said.append(_("The true category is another one than the declared one."))
    if facts.level_differs:
        said.append(_("The true level is another one than the declared one."))
    return said
