"""Which steps of a request a member of staff may take: by role in the request's laboratory, then by its state.

The office's pages ask here what to offer; the workflow's own table decides at last, under the lock.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, StaffAssignment, User
from inspections import difference
from inspections.laboratories.experts import assignment_of
from inspections.models import ReportState, RequestStatus, VisitReport, VisitRequest
from inspections.reports import writing
from inspections.workflow import OWN_PLACE, allows, why_not_corrected, why_not_endorsed

_OF_LABORATORY = (Role.EXPERT, Role.LAB_MANAGER)


@dataclass(frozen=True)
class Viewer:
    """A member of staff before one request, with the roles that reach it."""

    user: User
    visit: VisitRequest
    roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_its_expert(self) -> bool:
        """The expert who has it, or any of the laboratory while nobody has."""
        return Role.EXPERT in self.roles and self.visit.assigned_expert_id in (None, self.user.pk)

    @property
    def is_its_owner(self) -> bool:
        """Whose own place it is: colleagues take its steps."""
        return self.visit.owner_id == self.user.pk

    @property
    def manages(self) -> bool:
        """The laboratory's manager."""
        return Role.LAB_MANAGER in self.roles

    @property
    def supports(self) -> bool:
        """Support."""
        return Role.SUPPORT in self.roles


def viewer_of(user: User, visit: VisitRequest) -> Viewer:
    """The person with the active roles that reach the request; a superuser manages and supports."""
    rows = StaffAssignment.objects.filter(user_id=user.pk, active=True)
    roles = {
        role
        for role, laboratory_id in rows.values_list("role", "laboratory_id")
        if role not in _OF_LABORATORY or laboratory_id == visit.laboratory_id
    }
    if user.is_superuser:
        roles |= {Role.LAB_MANAGER, Role.SUPPORT}
    return Viewer(user, visit, frozenset(roles))


@dataclass(frozen=True)
class Step:
    """A step with its page's name and its button; `danger` is for steps that end something."""

    name: str
    label: str | Promise
    may: Callable[[Viewer], bool]
    is_open: Callable[[Viewer], bool]
    danger: bool = False
    # Why it is not open, where more can be said than that the request has moved on; else empty.
    why_not: Callable[[Viewer], str] = lambda _viewer: ""

    def opens(self, viewer: Viewer) -> bool:
        """Whether this person can take it now; of the own place a colleague does."""
        return not viewer.is_its_owner and self.is_open(viewer)

    def why_shut(self, viewer: Viewer) -> str:
        """Why it does not open, as far as it is known."""
        return str(OWN_PLACE) if viewer.is_its_owner else self.why_not(viewer)


def _by_verb(verb: str) -> Callable[[Viewer], bool]:
    return lambda viewer: allows(viewer.visit, verb)


def _may_propose(viewer: Viewer) -> bool:
    on_behalf = viewer.visit.assigned_expert_id is not None and (viewer.manages or viewer.supports)
    return viewer.is_its_expert or on_behalf


def _may_move(viewer: Viewer) -> bool:
    own = viewer.visit.assigned_expert_id == viewer.user.pk and Role.EXPERT in viewer.roles
    return own or viewer.manages or viewer.supports


def _report_is_due(viewer: Viewer) -> str:
    is_fixed = viewer.visit.status == RequestStatus.ACCEPTED
    return writing.is_due(viewer.visit, viewer.user) if is_fixed else ""


def _time_may_change(viewer: Viewer) -> bool:
    return allows(viewer.visit, "reschedule") and not _report_is_due(viewer)


_GIVE_ON = _(
    "Its expert does not work for the laboratory any more: take the time back, and assign the request to another one."
)


def _expert_comes_then(viewer: Viewer) -> bool:
    """Another hour is of the same expert: one who left has none."""
    visit = viewer.visit
    works_there = assignment_of(visit.assigned_expert, visit.laboratory_id) is not None
    return _time_may_change(viewer) and works_there


def _why_not_moved(viewer: Viewer) -> str:
    if due := _report_is_due(viewer):
        return due
    if allows(viewer.visit, "reschedule") and not _expert_comes_then(viewer):
        return str(_GIVE_ON)
    return ""


def _waits_for_laboratory(viewer: Viewer) -> bool:
    waiting = VisitReport.objects.filter(request_id=viewer.visit.pk, state=ReportState.SUBMITTED)
    return allows(viewer.visit, "send_back") and waiting.exists()


def _may_be_endorsed(viewer: Viewer) -> bool:
    return _waits_for_laboratory(viewer) and not _why_not_endorsed(viewer)


def _why_not_endorsed(viewer: Viewer) -> str:
    report = VisitReport.objects.filter(request_id=viewer.visit.pk).first()
    return why_not_endorsed(report, viewer.user) if report else ""


def _may_be_sent_back(viewer: Viewer) -> bool:
    return difference.is_awaited(viewer.visit) or _waits_for_laboratory(viewer)


def _may_be_corrected(viewer: Viewer) -> bool:
    return allows(viewer.visit, "correct") and not why_not_corrected(viewer.visit)


STEPS = (
    Step("call", _("Log a call"), lambda v: v.is_its_expert, _by_verb("call")),
    Step("propose", _("Propose a time"), _may_propose, _by_verb("propose")),
    Step("assign", _("Assign to an expert"), lambda v: v.manages, _by_verb("assign")),
    Step(
        "report", _("Write the report"),
        lambda v: v.is_its_expert and v.visit.assigned_expert_id is not None,
        lambda v: writing.may_be_written(v.visit, v.user),
        why_not=lambda v: writing.opens_later(v.visit),
    ),
    Step(
        "endorse", _("Endorse the report"), lambda v: v.manages, _may_be_endorsed, why_not=_why_not_endorsed,
    ),
    Step("send_back", _("Send the report back"), lambda v: v.manages, _may_be_sent_back),
    Step("move", _("Change the time"), _may_move, _expert_comes_then, why_not=_why_not_moved),
    Step("reschedule", _("Take the time back"), _may_move, _time_may_change, why_not=_report_is_due),
    Step(
        "correct", _("Correct the data"), lambda v: v.supports, _may_be_corrected,
        why_not=lambda v: why_not_corrected(v.visit),
    ),
    Step("cancel", _("Cancel the request"), lambda v: v.supports, _by_verb("cancel"), danger=True),
)  # fmt: skip
BY_NAME = {step.name: step for step in STEPS}


def open_to(viewer: Viewer) -> list[Step]:
    """The steps that are offered now."""
    return [step for step in STEPS if step.may(viewer) and step.opens(viewer)]
