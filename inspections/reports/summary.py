"""A report beside what the owner had declared and paid for: what the laboratory sees before it stands by it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from inspections import difference
from inspections.models import Correction, ReportOutcome, VisitReport, VisitRequest
from inspections.reports import measured
from inspections.visits import slips
from septam.digits import decimal, to_persian
from septam.money import format_rial
from sites.models import Level
from sites.place import Place

Row = tuple[str, str]
# A report that comes later is told to the laboratory as such.
PROMPT_DAYS = 7


@dataclass(frozen=True)
class ReportSummary:
    """Rows of label and value; in sentences every difference that touches the price, and what was corrected since the visit."""

    facts: list[Row]
    differences: list[str]


def of(request: VisitRequest, report: VisitReport) -> ReportSummary:
    """The summary of a report that waits for the laboratory; one query for its failed items."""
    failed = report.answers.filter(passed=False, not_applicable=False).count()
    declared, true_area = _declared_area(request), report.measured_area
    facts = [
        (_("Result"), str(ReportOutcome(report.outcome).label)),
        (_("Failed items"), to_persian(failed)),
        (_("Declared area"), shown_area(declared)),
        (_("Measured area"), shown_area(true_area)),
        (_("Declared category"), _category(request.snapshot.get("category", ""), request.snapshot.get("level"))),
        (_("True category"), _category(str(report.true_category or ""), report.level)),
    ]  # fmt: skip
    return ReportSummary(facts, _differences(request, report))


def _differences(request: VisitRequest, report: VisitReport) -> list[str]:
    found = measured.sentences(measured.of(request, report))
    return [*found, *_late(report), *changed_since_first(request), *_corrected_since(request)]


def _late(report: VisitReport) -> list[str]:
    """Of a report that was written long after the visit: what was seen may not be so any more."""
    if report.slot is None or report.submitted_at is None:
        return []
    days = (report.submitted_at - report.slot.starts_at).days
    text = _("The report was handed in %(days)s days after the visit.")
    return [text % {"days": to_persian(days)}] if days > PROMPT_DAYS else []


# What tells one place and its holder from another. A national number is not shown, only that it is another.
_TELLING = ("title", "sign_name", "postal_code", "address", "holder_name")


def changed_since_first(request: VisitRequest) -> list[str]:
    """What of the place of a re-visit or a free visit is told otherwise than at the visit before, in sentences."""
    first = slips.bound_to(request)
    if first is None:
        return []
    before = first.snapshot
    text = _("Since the visit before “%(field)s” was changed from “%(before)s” to “%(after)s”.")
    return [
        text % _names_of_change(name, before.get(name), request.snapshot.get(name))
        for name in _TELLING
        if (before.get(name) or "") != (request.snapshot.get(name) or "")
    ]


def _names_of_change(name: str, before: Any, after: Any) -> dict[str, str]:
    return {
        "field": str(getattr(Place, name).field.verbose_name),
        "before": to_persian(before or "–"), "after": to_persian(after or "–"),
    }  # fmt: skip


def _corrected_since(request: VisitRequest) -> list[str]:
    """What the expert did not see: support corrected it after the hour of the visit."""
    found = []
    for one in slips.since_visit(request).order_by("pk"):
        found += [_corrected(one, name) for name in _TELLING if name in one.after]
        if "holder_national_id" in one.after:
            text = _("Support corrected the holder's national number after the visit. Reason: %(reason)s")  # fmt: skip
            found.append(text % {"reason": one.reason})
    return found


def _corrected(one: Correction, name: str) -> str:
    text = _("After the visit support corrected “%(field)s” from “%(before)s” to “%(after)s”. Reason: %(reason)s")  # fmt: skip
    return text % {
        **_names_of_change(name, one.before[name], one.after[name]),
        "reason": one.reason,
    }


def difference_row(request: VisitRequest, report: VisitReport) -> Row:
    """What the owner pays more, or gets back, once the report is endorsed. Raises NotAllowed without a price."""
    due = difference.amount(request, report)
    label = _("Difference of the visit fee")
    if due > 0:
        text = _("%(amount)s rial; the owner pays it before the certificate is issued")
    elif due < 0:
        text = _("%(amount)s rial; it is returned to the owner")
    else:
        return label, _("None")
    return label, text % {"amount": format_rial(abs(due))}


def of_request(request: VisitRequest) -> list[Row]:
    """What support must see before it ends a request."""
    return [
        (_("Tracking number"), to_persian(request.number)),
        (_("Place"), request.place_title),
        (_("Status"), request.standing),
    ]


def _declared_area(request: VisitRequest) -> Decimal | None:
    area = request.snapshot.get("area")
    return Decimal(area) if area else None


def _category(name: str, level: int | None) -> str:
    return f"{name} – {Level(level).label}" if level else name


def shown_area(area: Decimal | str | None) -> str:
    """Square metres as people write them: ۳۸٫۵."""
    return decimal(Decimal(area)) if area else ""
