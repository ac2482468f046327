"""The page on which an expert writes a report: saved as one goes, its result shown, then handed in."""

import logging
import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.criteria.words import demand, shown_value
from inspections.models import ReportOutcome, ReportState, VisitReport
from inspections.office.steps import Step, Viewer
from inspections.refusals import NotAllowed
from inspections.reports import drafts, measured, writing
from inspections.reports.checklist import Answer, Item
from inspections.reports.form import ReportForm, report_form, typed_of
from inspections.reports.posted import Sent, sent
from inspections.reports.summary import shown_area
from septam import audit
from septam.digits import numbers_to_persian, to_persian

logger = logging.getLogger(__name__)

CONFLICT = 409


@dataclass
class ReportPage:
    """One look at the page, or one press of a button on it. `admin` is the office's page of requests."""

    admin: Any
    request: HttpRequest
    viewer: Viewer
    step: Step

    def answer(self) -> HttpResponse:
        """Answer it. The buttons: save (of a section), drop (a photo), autosave, review, hand_in."""
        if self.request.method != "POST":
            return self._review() if "review" in self.request.GET else self._show(*self._saved())
        action = self.request.POST.get("do", "review").partition(":")[0]
        return self._hand_in() if action == "hand_in" else self._save(action)

    def refuse(self, reason: str = "") -> HttpResponse:
        """The report may not be written any more (or not yet): what was typed stays on the page, to be read."""
        reason = reason or writing.why_not_written(self.viewer.visit, self.viewer.user)
        if self.request.POST.get("do") == "autosave":
            return JsonResponse({"said": reason}, status=CONFLICT)
        typed = sent(self.viewer.visit, self.request).saving.typed
        form = report_form(self.viewer.visit, typed)
        form.set_aside_unfinished()
        form.add_error(None, reason)
        return self._show(form, None, is_closed=True)

    def _saved(self) -> tuple[ReportForm, drafts.ReportDraft | None]:
        """The form as the draft has it, else as it was sent back, else empty."""
        visit = self.viewer.visit
        draft = drafts.of(visit.pk)
        report = VisitReport.objects.filter(request_id=visit.pk, state=ReportState.SENT_BACK).first()  # fmt: skip
        typed = draft.typed if draft else typed_of(report) if report else None
        form = report_form(visit, typed)
        form.set_aside_unfinished()
        return form, draft

    def _save(self, action: str) -> HttpResponse:
        visit, came, reason = self.viewer.visit, sent(self.viewer.visit, self.request), ""
        try:
            draft = self._keep(came)
            typed = draft.typed
        except drafts.SavedElsewhere as other:
            draft, reason = other.draft, other.reason
            typed = draft.typed | dict.fromkeys(came.saving.names, "") | dict(came.saving.typed)
        except NotAllowed as refusal:
            visit.refresh_from_db()
            return self.refuse(refusal.reason)
        form = report_form(visit, typed)
        if action == "review" and not reason and not came.refused and form.is_valid():
            return redirect(self._address(review="1"))
        if action != "review":
            form.set_aside_unfinished()
        if action == "autosave":
            return self._said(form, draft, reason)
        _complain(form, came, reason)
        is_kept = not came.refused and not reason
        if action != "review" and is_kept and (not form.errors or came.saving.photos):
            messages.success(self.request, _("Saved."))
            anchor = _where(came) or self.request.POST["do"].rpartition(":")[2]
            # A place on the same page.
            # nosemgrep: led-to-where-the-request-says
            return redirect(f"{self._address()}#{anchor}")
        return self._show(form, draft, status=CONFLICT if reason else 200)

    def _keep(self, came: Sent) -> drafts.ReportDraft:
        """Save it; where no photo can be written (a full disk), what is typed is kept all the same."""
        try:
            return drafts.save(self.viewer.visit.pk, self.viewer.user, came.saving)
        except OSError:
            if not came.saving.photos:
                raise
            logger.exception("photos of a report could not be written")
            came.saving.photos.clear()
            came.refused.append(("", _("The photos could not be kept just now; send them again.")))
            return drafts.save(self.viewer.visit.pk, self.viewer.user, came.saving)

    def _said(self, form: ReportForm, draft: drafts.ReportDraft, reason: str) -> HttpResponse:
        """What a quiet saving hears."""
        if reason:
            return JsonResponse({"said": reason}, status=CONFLICT)
        answer = {
            "said": _saved_text(draft), "revision": draft.revision, "left": _left_text(form),
            "items": [{"target": one.target, "text": numbers_to_persian(one.message)} for one in form.unfinished],
        }  # fmt: skip
        return JsonResponse(answer)

    def _show(
        self,
        form: ReportForm,
        draft: drafts.ReportDraft | None,
        *,
        status: int = 200,
        is_closed: bool = False,
    ) -> HttpResponse:
        context = {
            "form": form, "draft": draft, "is_closed": is_closed, "mark": secrets.token_urlsafe(9),
            "saved": _saved_text(draft) if draft else "", "left": _left_text(form),
            "so_far": _so_far(form), "taken_over": _lines(form.asking.asked.taken_over, form),
        }  # fmt: skip
        page = self._page("admin/inspections/report.html", self.step.label, context)
        page.status_code = CONFLICT if is_closed else status
        return page

    def _review(self, *, is_unticked: bool = False) -> HttpResponse:
        """What the answers come to, before anything is handed in; `is_unticked`: the declaration was forgotten."""
        visit, draft = self.viewer.visit, drafts.of(self.viewer.visit.pk)
        form = report_form(visit, draft.typed) if draft else None
        if draft is None or form is None or not form.is_valid():
            return redirect(self._address())
        findings = form.findings()
        true = findings.category
        level = writing.level_found(visit, true)
        facts = measured.found(visit, findings.measured_area, true.pk, level)
        result = None if findings.absence else form.result()
        outcome = ReportOutcome(findings.absence or result.outcome)  # type: ignore[union-attr]
        context = {
            "form": form, "draft": draft, "outcome": outcome.label,
            "is_good": outcome == ReportOutcome.CONFORMING,
            "failed": _lines((*result.defects, *result.recommendations), form) if result else [],
            "taken_over": _lines(form.asking.asked.taken_over, form) if result else [],
            "area": shown_area(findings.measured_area), "category": findings.category,
            "comment": findings.comment, "differences": measured.sentences(facts),
            "edit": self._address(), "is_unticked": is_unticked,
        }  # fmt: skip
        return self._page("admin/inspections/report_review.html", _("Result of the report"), context)  # fmt: skip

    def _hand_in(self) -> HttpResponse:
        """Hand in what the review showed, and nothing else."""
        draft = drafts.of(self.viewer.visit.pk)
        if draft is None or str(draft.revision) != self.request.POST.get("revision"):
            messages.error(self.request, _("The draft changed meanwhile; look at the result once more."))  # fmt: skip
            return redirect(self._address(review="1"))
        if not self.request.POST.get("no_interest"):
            return self._review(is_unticked=True)
        form = report_form(self.viewer.visit, draft.typed)
        if not form.is_valid():
            return redirect(self._address())
        findings = form.findings()
        try:
            writing.write(self.viewer.visit.pk, self.viewer.user, findings, no_interest=True)
        except NotAllowed as refusal:
            messages.error(self.request, refusal.reason)
            return redirect(self._address())
        told = _(
            "The report was handed in and waits for the laboratory's endorsement; then the owner is told."
        )
        if findings.absence:
            told = _("It was written down that the visit did not take place; the owner is told.")
        messages.success(self.request, told)
        return self.admin.onward(self.request, self.viewer)

    def _page(self, template: str, title: Any, context: dict[str, Any]) -> HttpResponse:
        visit = self.viewer.visit
        audit.record(self.viewer.user.pk, "office.view", visit, page=self.step.name)
        shared = {"visit": visit, "step": self.step, **self.admin.way_back(self.request, visit)}
        page: HttpResponse = self.admin.page(self.request, template, title, **shared, **context)
        page["Cache-Control"] = "private, no-store"
        return page

    def _address(self, **query: str) -> str:
        """Of this page; who came from the page of the day goes back there in the end."""
        address = reverse("admin:inspections_visitrequest_report", args=[self.viewer.visit.pk])
        query |= {"back": self.admin.way_back(self.request, self.viewer.visit)["from_day"]}
        asked = urlencode({name: value for name, value in query.items() if value})
        return f"{address}?{asked}" if asked else address


def _where(came: Sent) -> str:
    """The item whose photo came, as a place on the page; empty where none did."""
    photos = came.saving.photos
    return f"item_{Item(photos[0][0], '').name}" if photos else ""


def _complain(form: ReportForm, came: Sent, reason: str) -> None:
    for name, message in came.refused:
        form.add_error(name if name in form.fields else None, message)
    if reason:
        form.add_error(None, reason)


def _saved_text(draft: drafts.ReportDraft) -> str:
    return _("Saved at %(time)s") % {"time": drafts.clock_time(draft)}


def _left_text(form: ReportForm) -> str:
    count = len(form.unfinished)
    if not form.is_bound or not count:
        return ""
    text = ngettext("Not filled in: %(count)s item", "Not filled in: %(count)s items", count)
    return text % {"count": to_persian(count)}


def _so_far(form: ReportForm) -> str:
    """What failed so far, and what the report would come to if all else passed."""
    answers = form.answered() if form.is_bound else []
    failed = sum(not one.passed for one in answers)
    if not answers:
        return ""
    outcome = form.result().outcome
    text = _("Failed so far: %(count)s. Result so far: %(result)s.")
    if failed and outcome == ReportOutcome.CONFORMING:
        text = _("Failed so far: %(count)s, within what is allowed. Result so far: %(result)s.")
    return text % {"count": to_persian(failed), "result": ReportOutcome(outcome).label}


def _lines(answers: tuple[Answer, ...], form: ReportForm) -> list[dict[str, Any]]:
    """Answers as the page shows them."""
    return [
        {
            "title": one.item.criterion.title, "value": shown_value(one.item.criterion, one.value),
            "demand": demand(one.item.criterion, form.asking.level),
            "severity": one.item.criterion.get_severity_display(), "comment": one.comment,
            "photos": form.asking.photos.get(one.item.criterion.pk, []),
        }
        for one in answers
    ]  # fmt: skip
