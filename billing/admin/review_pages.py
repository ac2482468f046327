"""«Payments to decide»: the list, one payment with its evidence, and a page a step; finance and manager only."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.second_factor.asking_again import PasswordAgainForm
from billing import alarms, gateways, outcomes, review
from billing.admin import evidence
from billing.gateways import Outcome
from billing.models import AttemptState, PaymentAttempt
from billing.models.payments import LIVE
from septam import audit, clock
from septam.digits import to_persian
from septam.forms.base import PortalForm
from septam.forms.fields import PersianCharField
from septam.identity import compact

SHOWN = 200


def _reason() -> PersianCharField:
    return PersianCharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("What you saw, and where: it stays in the payment's history."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AskForm(PortalForm, forms.Form):
    """Why the bank is asked."""

    reason = _reason()


class DecideForm(PortalForm, PasswordAgainForm):
    """A step that moves money: the reason, and the password once more."""

    reason = _reason()


class AcceptForm(DecideForm):
    """The bank's reference of the money, as its report writes it."""

    reference = forms.RegexField(
        r"^[A-Za-z0-9-]{1,40}$",
        label=gettext_lazy("Bank reference"),
        error_messages={
            "invalid": gettext_lazy("Write the reference in Latin letters and digits.")
        },
    )
    attributes = {"reference": {"dir": "ltr", "autocomplete": "off"}}
    widths: ClassVar[dict[str, str]] = {"reference": "medium"}
    field_order = ["reference", "reason"]

    def __init__(self, request: HttpRequest, data: Any = None, **kwargs: Any) -> None:
        if data is not None:
            data = data.copy()
            data["reference"] = compact(data.get("reference", ""))
        super().__init__(request, data, **kwargs)


class ReviewPages:
    """For the admin of payment attempts."""

    admin_site: Any
    page: Any

    def review_urls(self) -> list[URLPattern]:
        """The three addresses, before Django's."""
        name = "billing_paymentattempt_review"
        pages: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("review/", self.review_list, name),
            ("<int:pk>/review/", self.review_one, f"{name}_one"),
            ("<int:pk>/review/<slug:step_name>/", self.review_step, f"{name}_step"),
        ]
        return [path(route, self.admin_site.admin_view(view), name=n) for route, view, n in pages]

    def review_list(self, request: HttpRequest) -> HttpResponse:
        """What waits for a decision, the oldest first, and what else is wrong."""
        _require_permission(request)
        return require_safe(self._list)(request)

    def _list(self, request: HttpRequest) -> HttpResponse:
        rows = PaymentAttempt.objects.filter(state=AttemptState.NEEDS_REVIEW)
        waiting = list(rows.select_related("order__owner").order_by("pk")[:SHOWN])
        for attempt in waiting:
            attempt.shown_bank = gateways.title_of(attempt.gateway)  # type: ignore[attr-defined]
            attempt.shown_age = _age(attempt)  # type: ignore[attr-defined]
        ids = [attempt.pk for attempt in waiting]
        audit.record(request.user.pk, "office.list", PaymentAttempt(), ids=ids, page="review")
        context = {"waiting": waiting, "alarms": list(alarms.wrong())}
        title = _("Payments to decide")
        return self.page(request, "admin/billing/review_list.html", title, **context)

    def review_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One payment: the steps that are open, and all that is known of it."""
        attempt = _attempt(request, pk)
        audit.record(request.user.pk, "office.view", attempt, page="review")
        others = attempt.order.attempts.exclude(pk=pk).order_by("pk")
        context = {
            "attempt": attempt,
            "bank": gateways.title_of(attempt.gateway),
            "steps": review.steps_for(attempt),
            "is_under_way": attempt.state in LIVE,
            "history": evidence.history(attempt),
            "result_words": evidence.in_words(attempt.gateway, attempt.result_code)
            if attempt.result_code else "",
            "others": others,
            "bank_rows": evidence.bank_rows(attempt),
            "owner_reads": outcomes.of_attempt(attempt),
        }  # fmt: skip
        return require_safe(lambda request: self._one(request, attempt, context))(request)

    def _one(
        self, request: HttpRequest, attempt: PaymentAttempt, context: dict[str, Any]
    ) -> HttpResponse:
        title = _("Payment %(number)s") % {"number": attempt.order_number}
        return self.page(request, "admin/billing/review_one.html", title, **context)

    def review_step(self, request: HttpRequest, pk: int, step_name: str) -> HttpResponse:
        """A step: asked on GET, taken on POST."""
        attempt = _attempt(request, pk)
        step = review.BY_NAME.get(step_name)
        if step is None:
            raise Http404
        return require_http_methods(["GET", "HEAD", "POST"])(self._step)(request, attempt, step)

    def _step(
        self, request: HttpRequest, attempt: PaymentAttempt, step: review.Step
    ) -> HttpResponse:
        if not step.is_open(attempt):
            messages.error(request, _("This step is not possible now; the payment has moved on."))
            return redirect("admin:billing_paymentattempt_review_one", attempt.pk)
        form = _form(step, request)
        if form.is_valid():
            try:
                messages.success(
                    request, _take(step, attempt.pk, _user(request), form.cleaned_data)
                )
            except review.NotNow as refusal:
                form.add_error(refusal.field or None, refusal.reason)
            else:
                return redirect("admin:billing_paymentattempt_review_one", attempt.pk)
        back = reverse("admin:billing_paymentattempt_review_one", args=[attempt.pk])
        context = {"attempt": attempt, "step": step, "form": form, "back": back}
        return self.page(request, "admin/billing/review_step.html", step.label, **context)


def _age(attempt: PaymentAttempt) -> str:
    """For how long it waits: days, or hours within the first day."""
    hours = max(0, int((clock.now() - attempt.created_at).total_seconds() // 3600))
    if hours < 24:
        return _("%(hours)s hours") % {"hours": to_persian(hours)}
    return _("%(days)s days") % {"days": to_persian(hours // 24)}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _require_permission(request: HttpRequest) -> None:
    if not _user(request).has_perm(alarms.REVIEW):
        raise Http404


def _attempt(request: HttpRequest, pk: int) -> PaymentAttempt:
    _require_permission(request)
    found = PaymentAttempt.objects.select_related("order__owner").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _form(step: review.Step, request: HttpRequest) -> forms.Form:
    data = request.POST if request.method == "POST" else None
    if step.needs_reference:
        return AcceptForm(request, data)
    return DecideForm(request, data) if step.moves_money else AskForm(data)


_BANK_SAID = {
    Outcome.PAID: gettext_lazy("The bank knows this sale as paid."),
    Outcome.NOT_PAID: gettext_lazy("The bank says that it was not paid."),
    Outcome.REVERSED: gettext_lazy("The bank gave the money back."),
    Outcome.UNKNOWN: gettext_lazy("The bank gave no clear answer."),
}


def _take(step: review.Step, pk: int, actor: User, values: dict[str, Any]) -> str:
    """Take the step; returns what to tell. Raises review.NotNow."""
    reason = values["reason"]
    if step is review.INQUIRE:
        return str(_BANK_SAID[review.inquire(pk, actor, reason)])
    if step is review.REVERSE:
        return str(_BANK_SAID[review.reverse(pk, actor, reason)])
    if step is review.CLOSE:
        review.close(pk, actor, reason)
        return _("The payment was closed as unpaid.")
    if step is review.ACCEPT:
        state = review.accept(pk, actor, reason, values["reference"])
        if state == AttemptState.NEEDS_REVIEW:
            return _("It was written down. A colleague who finds this reference in the bank's report accepts it.")  # fmt: skip
    else:
        state = review.confirm(pk, actor, reason)
    return _("The payment's state is now: %(state)s.") % {"state": AttemptState(state).label}
