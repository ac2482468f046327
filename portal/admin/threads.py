"""Conversations with support in the office: what waits longest comes first, and each is one page."""

from datetime import datetime
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import people_search
from accounts.models import User
from portal.models import Author, SupportThread, ThreadState
from portal.support import alarms, desk, office_context, references, threads
from portal.support.desk import AnswerForm, MoveForm
from portal.support.views import TONES
from septam import clock
from septam.digits import to_persian
from septam.office.base import ReadOnlyAdmin, moment_column
from septam.refusal import Refusal
from septam.templatetags.persian import fa, tel
from septam.templatetags.ui import badge

_OPENED = moment_column("opened_at", gettext_lazy("Opened"))
CHANGE = "portal.change_supportthread"


class TurnFilter(admin.SimpleListFilter):
    """Whose turn it is."""

    title = gettext_lazy("Turn")
    parameter_name = "turn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [
            ("late", gettext_lazy("Waiting too long")),
            ("mine", gettext_lazy("Assigned to me")),
            ("nobodys", gettext_lazy("Assigned to nobody")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Along the indexes."""
        chosen: dict[str, dict[str, Any]] = {
            "late": {"waiting_since__lt": alarms.due_before()},
            "mine": {"assigned_to_id": request.user.pk},
            "nobodys": {"assigned_to": None},
        }
        return queryset.filter(**chosen.get(self.value() or "", {}))


@admin.register(SupportThread)
class SupportThreadAdmin(ReadOnlyAdmin):
    """Those that wait first, the oldest first; then the rest, the newest first."""

    personal = True
    grows = True
    list_display = (
        "subject",
        "waits",
        "state_badge",
        "writer",
        "assigned_to",
        "number_fa",
        _OPENED,
    )
    list_display_links = ("subject", "number_fa")
    list_filter = (TurnFilter, "state", "subject")
    list_select_related = ("owner", "assigned_to")
    ordering = (F("waiting_since").asc(nulls_last=True), "-id")
    search_fields = ("number",)
    search_help_text = gettext_lazy("Tracking number, mobile, name, or the number it is about")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Each number and name along its own index."""
        if not search_term.strip():
            return queryset, False
        people = people_search.matching(User.objects.all(), search_term)
        found = set(_ids(owner_id__in=list(people.values_list("pk", flat=True)[:200])))
        number = references.digits_of(search_term)
        if number:
            mobile = f"0{number.removeprefix('98').lstrip('0')}"
            found |= {*_ids(number=number), *_ids(reference=number), *_ids(mobile=mobile)}
        return queryset.filter(pk__in=found), False

    @admin.display(description=gettext_lazy("Tracking number"))
    def number_fa(self, thread: SupportThread) -> Any:
        """In Persian digits."""
        return fa(thread.number)

    @admin.display(description=gettext_lazy("State"))
    def state_badge(self, thread: SupportThread) -> Any:
        """In words and colour."""
        return badge(thread.get_state_display(), TONES[ThreadState(thread.state)])

    @admin.display(description=gettext_lazy("Writer"))
    def writer(self, thread: SupportThread) -> str:
        """The owner, or what the writer called himself."""
        return (
            str(thread.owner)
            if thread.owner
            else _("%(name)s (no account)") % {"name": thread.name}
        )

    @admin.display(description=gettext_lazy("Waiting"), ordering="waiting_since")
    def waits(self, thread: SupportThread) -> Any:
        """For how long, against the target."""
        if thread.waiting_since is None:
            return "–"
        tone = "bad" if thread.waiting_since < alarms.due_before() else "neutral"
        return badge(_age(thread.waiting_since), tone)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The conversation with its forms; a button of them sends the page to itself."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        thread = self.get_object(request, object_id)
        if thread is None:
            raise Http404
        user = cast(User, request.user)
        if request.method == "POST":
            if not user.has_perm(CHANGE):
                raise PermissionDenied
            return self._pressed(request, thread, user)
        self.log_view(request, thread)
        return self._desk(request, thread, AnswerForm(thread))

    def _pressed(self, request: HttpRequest, thread: SupportThread, user: User) -> HttpResponse:
        button = request.POST.get("press", "")
        if button in desk.WRITTEN:
            return self._written(request, thread, user, button)
        form = AnswerForm(thread, request.POST)
        if button == "insert":
            return self._desk(request, thread, AnswerForm(thread, initial=form.with_canned()))
        try:
            messages.success(request, str(desk.press(thread, user, request.POST)))
        except Refusal as refusal:
            messages.error(request, refusal.reason)
        if not request.POST.get("text", "").strip():
            return self._back(request, thread)
        # What was typed stays in the form, whatever else was pressed.
        thread.refresh_from_db()
        kept = {"text": request.POST["text"], "once": request.POST.get("once", "")}
        return self._desk(request, thread, AnswerForm(thread, initial=kept))

    def _written(
        self, request: HttpRequest, thread: SupportThread, user: User, button: str
    ) -> HttpResponse:
        form, seen = AnswerForm(thread, request.POST), 0
        if form.is_valid():
            seen = form.cleaned_data["seen"] or 0
            try:
                done = desk.WRITTEN[button](thread, user, form)
            except Refusal as refusal:
                # The page that comes back has seen everything: the same text may be sent from it.
                thread.refresh_from_db()
                data = request.POST.copy()
                data["seen"] = str(threads.last_message(thread))
                form = AnswerForm(thread, data)
                form.add_error(None, refusal.reason)
            else:
                messages.success(request, str(done))
                return self._back(request, thread)
        return self._desk(request, thread, form, new_since=seen)

    def _back(self, request: HttpRequest, thread: SupportThread) -> HttpResponse:
        if self.get_queryset(request).filter(pk=thread.pk).exists():
            return redirect("admin:portal_supportthread_change", thread.pk)
        return redirect("admin:portal_supportthread_changelist")

    def _desk(
        self, request: HttpRequest, thread: SupportThread, form: AnswerForm, *, new_since: int = 0
    ) -> HttpResponse:
        user = cast(User, request.user)
        seen = threads.last_message(thread)
        if not form.is_bound:
            form.initial["seen"] = seen
        said = thread.messages.select_related("by").order_by("pk")
        context = {
            "thread": thread,
            "tone": TONES[ThreadState(thread.state)],
            "writer": self.writer(thread),
            "tel": tel(office_context.mobile_of(thread)),
            "age": _age(thread.waiting_since) if thread.waiting_since else "",
            "is_late": bool(thread.waiting_since and thread.waiting_since < alarms.due_before()),
            "said": [
                {
                    "message": one,
                    "is_own": one.author == Author.OWNER,
                    "is_new": 0 < new_since < one.pk,
                }
                for one in said
            ],
            "beside": office_context.of(thread, user),
            "may_answer": user.has_perm(CHANGE) and not thread.forgotten_at,
            "is_mine": thread.assigned_to_id == user.pk,
            "is_closed": thread.state == ThreadState.CLOSED,
            "form": form,
            "move_form": MoveForm(initial={"subject": thread.subject}, auto_id="id_move_%s"),
            "back": reverse("admin:portal_supportthread_changelist"),
        }
        title = f"{thread.get_subject_display()} – {to_persian(thread.number)}"
        return self.page(request, "admin/portal/supportthread/thread.html", title, **context)


def _ids(**lookup: Any) -> list[int]:
    return list(SupportThread.objects.filter(**lookup).values_list("pk", flat=True)[:200])


def _age(since: datetime) -> str:
    hours = int((clock.now() - since).total_seconds() // 3600)
    if hours < 1:
        return _("less than an hour")
    if hours < 48:
        return _("%(hours)s hours") % {"hours": to_persian(hours)}
    return _("%(days)s days") % {"days": to_persian(hours // 24)}
