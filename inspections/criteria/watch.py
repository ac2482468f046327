"""What decides price, checklist and validity at once stands on every manager's first page for some days."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from septam.alarms import Alarm
from septam.office import lately

PERMISSION = "inspections.change_criteriaset"
_TRADES = "septam_sites.category"
_LEVEL = Q(object_type=_TRADES, verb="office.change", detail__fields__contains="level")


def changed_lately() -> Iterator[Alarm]:
    """Published criteria, and trades whose level was changed by hand or by an import."""
    yield from lately.told(
        Q(verb="criteria.publish"), "verb=criteria.publish", PERMISSION,
        _("Criteria were published %(count)s times in the last %(days)s days. If you do not know of it, look who did."),
    )  # fmt: skip
    yield from lately.told(
        _LEVEL, f"kind={_TRADES}", PERMISSION,
        _("Levels of trades were changed %(count)s times in the last %(days)s days. If you do not know of it, look who did."),
    )  # fmt: skip
    yield from lately.told(
        Q(verb="reference.import", detail__kind="categories"), "verb=reference.import", PERMISSION,
        _("Trades were imported %(count)s times in the last %(days)s days. If you do not know of it, look who did."),
    )  # fmt: skip
