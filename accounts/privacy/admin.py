"""Closed accounts in the office: who closed one and when, until when it can be taken back, and what is left of it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import people_search
from accounts.models import AccountClosing, ClosingState, User
from septam import identity
from septam.digits import to_latin
from septam.office.base import ReadOnlyAdmin, moment_column
from septam.templatetags.persian import jdate

_CLOSED = moment_column("closed_at", gettext_lazy("Closed on"))
_ENDED = moment_column("ended_at", gettext_lazy("Taken back or anonymised on"))


@admin.register(AccountClosing)
class AccountClosingAdmin(ReadOnlyAdmin):
    """Written by accounts.privacy.closing alone; an account is given back on «کمک به ورود», after an identity check."""

    personal = True
    list_display = ("user", "state", _CLOSED, "until", _ENDED)
    list_filter = ("state",)
    list_select_related = ("user",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("user__username",)
    search_help_text = gettext_lazy("Number, name or national id")
    # The mobile is not shown: it is kept to be given back, and is nobody's until then.
    fields = ("user", "state", _CLOSED, "until", _ENDED, "forgotten")
    readonly_fields = ("forgotten",)

    @admin.display(description=gettext_lazy("Can be taken back until"))
    def until(self, row: AccountClosing) -> str:
        """The day; a dash for what is over."""
        return jdate(row.due_at) if row.state == ClosingState.WAITING else "–"

    @admin.display(description=gettext_lazy("What was forgotten"))
    def forgotten(self, row: AccountClosing) -> str | SafeString:
        """What went and what stays, without a word of it."""
        if row.state == ClosingState.TAKEN_BACK:
            return _("Nothing: the account was given back.")
        if row.state == ClosingState.WAITING:
            return _("Nothing yet. While something of the account is open, it waits.")
        return format_html("{}<br>{}", _GONE, _LEFT)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """By the person; by the mobile of the account while it can be given back."""
        typed = search_term.strip()
        if not typed:
            return queryset, False
        number = identity.compact(to_latin(typed))
        if number.startswith("09"):
            return queryset.filter(state=ClosingState.WAITING, mobile=number), False
        return queryset.filter(user__in=people_search.matching(User.objects.all(), typed)), False


_GONE = gettext_lazy(
    "Gone: name, mobile, national id and ways to sign in; addresses, people and phones of places and visits;"
    " texts of SMS, notices and conversations."
)
_LEFT = gettext_lazy(
    "Kept: payments, refunds and invoices (ten years), certificates of the shop without the holder, and days and results of visits."
)
