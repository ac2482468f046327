"""Versions of the criteria: a new draft from a version that stands, what a draft lacks, and its publication.

A published version never changes; the database refuses it too (migration 0008). Requests keep the version that
their owner accepted, and new ones take the newest published one.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from inspections.criteria.words import demand
from inspections.models import CriteriaSet, Criterion, CriterionKind, ResultRule
from inspections.refusals import NotAllowed
from septam import audit, clock
from septam.digits import to_persian
from sites.models import Level

Row = TypeVar("Row", Criterion, ResultRule)

# What an item says beside its code and its place in the order, with the words for it.
_SAID = (
    "group",
    "title",
    "kind",
    "unit",
    "choices",
    "severity",
    "photo",
    "na_allowed",
    "help",
    "mending",
)


@transaction.atomic
def copy(source_id: int, actor: User) -> CriteriaSet:
    """A draft of the next version with all that `source_id` holds. Raises CriteriaSet.DoesNotExist."""
    newest = CriteriaSet.objects.select_for_update().order_by("-version").first()
    source = CriteriaSet.objects.get(pk=source_id)
    version = (newest or source).version + 1
    draft = CriteriaSet.objects.create(
        version=version, title=source.title, is_sample=source.is_sample
    )
    Criterion.objects.bulk_create(_moved(source.criteria.all(), draft))
    ResultRule.objects.bulk_create(_moved(source.result_rules.all(), draft))
    audit.record(actor.pk, "criteria.copy", draft, source=source.pk)
    return draft


def _moved(rows: Iterable[Row], draft: CriteriaSet) -> Iterator[Row]:
    for row in rows:
        row.pk, row.criteria_set = None, draft
        row._state.adding = True
        yield row


@transaction.atomic
def publish(set_id: int, actor: User) -> CriteriaSet:
    """New requests are held against it from now on. Raises NotAllowed for a published one or one that lacks something."""
    draft = CriteriaSet.objects.select_for_update().get(pk=set_id)
    if draft.published_at is not None:
        raise NotAllowed(_("This version is published already."))
    if missing(draft):
        raise NotAllowed(_("“%(set)s” is not complete yet.") % {"set": draft})
    draft.published_at = clock.now()
    draft.save(update_fields=["published_at"])
    audit.record(actor.pk, "criteria.publish", draft)
    return draft


def latest_published() -> CriteriaSet | None:
    """The version that new requests take."""
    return CriteriaSet.objects.exclude(published_at=None).order_by("-version").first()


def missing(draft: CriteriaSet) -> list[str]:
    """What stands between the draft and its publication, a sentence each; two queries."""
    items, rules = list(draft.criteria.all()), set(draft.result_rules.values_list("level", flat=True))  # fmt: skip
    found = []
    for level in Level:
        if not any(item.threshold(level) for item in items):
            found.append(_("%(level)s: no item asks anything of it.") % {"level": level.label})
        if level not in rules:
            found.append(_("%(level)s: its result rule is missing.") % {"level": level.label})
    taken: set[int] = set()
    for item in items:
        faults = [*faults_of(item)]
        if item.position in taken:
            faults.append(_("another item has the same position"))
        taken.add(item.position)
        if faults:
            found.append(f"{item.code}: {'؛ '.join(faults)}")
    newest = latest_published()
    if newest is not None and newest.version > draft.version:
        found.append(_("A newer version is published already; copy that one."))
    return found


def faults_of(item: Criterion) -> Iterator[str]:
    """Why an item could not be answered or judged, in short phrases."""
    thresholds = {level: item.threshold(level) for level in Level if item.threshold(level)}
    if not thresholds:
        yield _("no level asks it")
    if item.kind in (CriterionKind.NUMBER_MIN, CriterionKind.NUMBER_MAX) and not item.unit:
        yield _("its unit is missing")
    if item.kind == CriterionKind.CHOICE_MIN and len(set(item.choices)) < 2:
        yield _("it needs two choices at least")
    for level, threshold in thresholds.items():
        if not _fits(item, threshold):
            yield _("the threshold “%(threshold)s” of %(level)s does not fit its kind") % {
                "threshold": threshold, "level": level.label,
            }  # fmt: skip


def _fits(item: Criterion, threshold: str) -> bool:
    if item.kind == CriterionKind.YESNO:
        return threshold in ("yes", "no")
    if item.kind == CriterionKind.CHOICE_MIN:
        return threshold in item.choices
    try:
        return Decimal(threshold).is_finite() and Decimal(threshold) >= 0
    except InvalidOperation:
        return False


def differences(draft: CriteriaSet, base: CriteriaSet) -> list[str]:
    """What the draft says otherwise than `base`, a sentence each; items are the same by their code."""
    new = {item.code: item for item in draft.criteria.all()}
    old = {item.code: item for item in base.criteria.all()}
    found = [_("New: %(item)s") % {"item": item} for code, item in new.items() if code not in old]
    found += [
        _("Taken out: %(item)s") % {"item": item} for code, item in old.items() if code not in new
    ]
    for code, item in new.items():
        if code in old:
            found += [f"{item}: {said}" for said in _changes(old[code], item)]
    return found + _changed_rules(draft, base)


def _changes(old: Criterion, new: Criterion) -> Iterator[str]:
    for name in _SAID:
        if getattr(old, name) != getattr(new, name):
            label = Criterion._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            yield f"{label}: {_shown(old, name)} ← {_shown(new, name)}"
    for level in Level:
        if old.threshold(level) != new.threshold(level):
            yield f"{level.label}: {_demand(old, level)} ← {_demand(new, level)}"


def _demand(item: Criterion, level: int) -> str:
    return demand(item, level) or _("not asked")


def _shown(item: Criterion, name: str) -> str:
    if name == "choices":
        return "، ".join(item.choices) or "–"
    if name == "na_allowed":
        return _("Yes") if item.na_allowed else _("No")
    display = getattr(item, f"get_{name}_display", None)
    return str(display() if display else getattr(item, name)) or "–"


def _changed_rules(draft: CriteriaSet, base: CriteriaSet) -> list[str]:
    def said(criteria: CriteriaSet) -> dict[int, tuple[int, int]]:
        rows = criteria.result_rules.values_list("level", "major_allowed", "minor_allowed")
        return {level: (major, minor) for level, major, minor in rows}

    old, new = said(base), said(draft)
    text = _("%(level)s: %(major)s major and %(minor)s minor items may fail")
    return [
        text % {"level": Level(level).label, "major": to_persian(new[level][0]), "minor": to_persian(new[level][1])}
        for level in sorted(new)
        if new[level] != old.get(level)
    ]  # fmt: skip
