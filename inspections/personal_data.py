"""What visits and certificates keep about a person, what speaks against closing an account, and how it is forgotten."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.models import (
    CallLog,
    CallOutcome,
    Certificate,
    CertificateState,
    Complaint,
    ComplaintState,
    ComplaintSubject,
    Correction,
    ReportAnswer,
    ReportOutcome,
    RequestEvent,
    RequestKind,
    RequestStatus,
    SlotState,
    VisitReport,
    VisitRequest,
    VisitSlot,
)
from inspections.models.requests import PAID_OPEN
from inspections.office import story
from inspections.snapshot_people import as_text, without_people
from septam import kept_files
from septam.exports.columns import Column, moment
from septam.personal_data import Keeper, Paper, Table

_BATCH = 200
_REQUEST = Column(gettext_lazy("Visit request"), "request__number")

REQUESTS = Table(
    "requests", gettext_lazy("Visit requests"),
    lambda person: VisitRequest.objects.filter(owner_id=person).order_by("pk"),
    (
        Column(gettext_lazy("Tracking number"), "number"),
        Column(gettext_lazy("Place"), "place__title"),
        Column(gettext_lazy("Kind"), "kind", RequestKind),
        Column(gettext_lazy("Status"), "status", RequestStatus),
        Column(gettext_lazy("Laboratory"), "laboratory__name"),
        Column(gettext_lazy("Data as paid for"), "snapshot", convert=as_text),
        moment(gettext_lazy("Criteria accepted"), "criteria_accepted_at"),
        moment(gettext_lazy("Created"), "created_at"),
        moment(gettext_lazy("Paid"), "paid_at"),
        moment(gettext_lazy("Status since"), "status_changed_at"),
    ),
)  # fmt: skip
STEPS = Table(
    "steps", gettext_lazy("Steps of the requests"),
    lambda person: RequestEvent.objects.filter(request__owner_id=person).order_by("pk"),
    (
        _REQUEST,
        Column(gettext_lazy("Step"), "verb", convert=lambda verb: story.TITLES.get(verb, verb)),
        Column(gettext_lazy("Status"), "to_status", RequestStatus),
        moment(gettext_lazy("When"), "at"),
    ),
)  # fmt: skip
TIMES = Table(
    "times", gettext_lazy("Visit times"),
    lambda person: VisitSlot.objects.filter(request__owner_id=person).order_by("pk"),
    (
        _REQUEST,
        moment(gettext_lazy("Visit time"), "starts_at"),
        Column(gettext_lazy("State"), "state", SlotState),
        Column(gettext_lazy("Your wish"), "wish"),
        moment(gettext_lazy("Answered"), "answered_at"),
    ),
)  # fmt: skip
CALLS = Table(
    "calls", gettext_lazy("Calls to you"),
    lambda person: CallLog.objects.filter(request__owner_id=person).order_by("pk"),
    (_REQUEST, moment(gettext_lazy("When"), "at"), Column(gettext_lazy("Outcome"), "outcome", CallOutcome)),
)  # fmt: skip
REPORTS = Table(
    "reports", gettext_lazy("Results of visits"),
    # What an expert writes is the owner's to read once the laboratory stands by it.
    lambda person: VisitReport.objects.filter(request__owner_id=person, state="endorsed").order_by("pk"),
    (
        _REQUEST,
        Column(gettext_lazy("Outcome"), "outcome", ReportOutcome),
        Column(gettext_lazy("Measured area"), "measured_area"),
        Column(gettext_lazy("Category found"), "true_category__name"),
        moment(gettext_lazy("Endorsed"), "endorsed_at"),
        moment(gettext_lazy("To be mended by"), "mend_by"),
    ),
)  # fmt: skip
ANSWERS = Table(
    "report-items", gettext_lazy("Items of the results"),
    lambda person: ReportAnswer.objects.filter(
        report__request__owner_id=person, report__state="endorsed"
    ).order_by("pk"),
    (
        Column(gettext_lazy("Visit request"), "report__request__number"),
        Column(gettext_lazy("Criterion"), "criterion__title"),
        Column(gettext_lazy("Answer"), "value"),
        Column(gettext_lazy("Passed"), "passed"),
        Column(gettext_lazy("Comment"), "comment"),
    ),
)  # fmt: skip
CERTIFICATES = Table(
    "certificates", gettext_lazy("Certificates"),
    lambda person: Certificate.objects.filter(owner_id=person).order_by("pk"),
    (
        Column(gettext_lazy("Number"), "number"),
        Column(gettext_lazy("State"), "state", CertificateState),
        Column(gettext_lazy("Certified data"), "snapshot", convert=as_text),
        moment(gettext_lazy("First day"), "validity__startswith"),
        moment(gettext_lazy("Day after the last"), "validity__endswith"),
        moment(gettext_lazy("Issued"), "issued_at"),
    ),
)  # fmt: skip
COMPLAINTS = Table(
    "complaints", gettext_lazy("Complaints"),
    lambda person: Complaint.objects.filter(request__owner_id=person).order_by("pk"),
    (
        _REQUEST,
        Column(gettext_lazy("About"), "subject", ComplaintSubject),
        Column(gettext_lazy("Complaint"), "text"),
        Column(gettext_lazy("State"), "state", ComplaintState),
        Column(gettext_lazy("Reasons of the decision"), "decision"),
        moment(gettext_lazy("Opened"), "opened_at"),
        moment(gettext_lazy("Decided"), "decided_at"),
    ),
)  # fmt: skip
CORRECTIONS = Table(
    "corrections", gettext_lazy("Data that support corrected"),
    lambda person: Correction.objects.filter(request__owner_id=person).order_by("pk"),
    (
        _REQUEST,
        moment(gettext_lazy("When"), "at"),
        Column(gettext_lazy("Before"), "before", convert=as_text),
        Column(gettext_lazy("After"), "after", convert=as_text),
    ),
)  # fmt: skip


def papers(account_id: int) -> Iterator[Paper]:
    """The owner's certificates that stand, as far as the worker made them."""
    standing = Certificate.objects.filter(owner_id=account_id, state=CertificateState.ISSUED)
    for one in standing.exclude(pdf="").order_by("-pk"):
        yield Paper(f"certificate-{one.number}.pdf", one.pdf)


def open_matters(account_id: int) -> Iterable[str]:
    """Paid visits that are not at their end, and complaints that nobody decided."""
    mine = VisitRequest.objects.filter(owner_id=account_id)
    if mine.filter(status__in=PAID_OPEN).exists():
        yield _(
            "A visit that is paid for has not come to its end yet. Wait for its result, or withdraw the request."
        )
    if Complaint.objects.filter(request__owner_id=account_id, state=ComplaintState.OPEN).exists():
        yield _("A complaint of yours is being looked into. Wait for the decision.")


def forget(account_id: int) -> None:
    """Requests, results and certificates stay as figures of a shop; whatever names or reaches a person goes."""
    _forget_snapshots(VisitRequest.objects.filter(owner_id=account_id))
    theirs = Q(request__owner_id=account_id)
    # Of a call the reason is its outcome.
    RequestEvent.objects.filter(theirs).exclude(reason="").exclude(verb="call").update(reason="")
    VisitSlot.objects.filter(theirs).update(wish="", override_reason="")
    CallLog.objects.filter(theirs).update(note="")
    VisitReport.objects.filter(theirs).update(comment="", sent_back_reason="")
    ReportAnswer.objects.filter(report__request__owner_id=account_id).update(comment="")
    Correction.objects.filter(theirs).update(before={}, after={}, reason="")
    Complaint.objects.filter(theirs).update(text="", decision="–")
    _forget_holders(Certificate.objects.filter(owner_id=account_id))


def _forget_snapshots(requests: QuerySet[VisitRequest]) -> None:
    changed = []
    for request in requests.exclude(snapshot={}).only("snapshot").iterator(chunk_size=_BATCH):
        request.snapshot = without_people(request.snapshot)
        changed.append(request)
    VisitRequest.objects.bulk_update(changed, ["snapshot"], batch_size=_BATCH)


def _forget_holders(certificates: QuerySet[Certificate]) -> None:
    """The certificate of a shop stays and can be checked; its holder's name goes, and the owner's paper with it."""
    changed: list[Any] = []
    papers: list[str | None] = []
    for one in certificates.only("snapshot", "pdf").iterator(chunk_size=_BATCH):
        one.snapshot = {**one.snapshot, "holder": ""}
        papers.append(one.pdf.name)
        # Empty: the worker makes it anew, without the name.
        one.pdf = ""
        changed.append(one)
    Certificate.objects.bulk_update(changed, ["snapshot", "pdf"], batch_size=_BATCH)
    kept_files.drop(papers)


KEEPER = Keeper(
    "inspections",
    (REQUESTS, STEPS, TIMES, CALLS, REPORTS, ANSWERS, CERTIFICATES, COMPLAINTS, CORRECTIONS),
    papers=papers, open_matters=open_matters, forget=forget,
)  # fmt: skip
