"""What a story is made of: entries of a kind, told about one request for one member of staff."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.models import Order, OrderLine
from inspections.models import VisitRequest

# A part never tells more than this many of its newest rows.
MOST = 300
Words = str | Promise


class Part(models.TextChoices):
    """The kinds of entries, by which a story is filtered."""

    STEPS = "steps", _("Steps and reasons")
    CALLS = "calls", _("Calls")
    TIMES = "times", _("Visit times")
    MESSAGES = "messages", _("SMS and notices")
    MONEY = "money", _("Payments and refunds")
    PAPERS = "papers", _("Papers")
    SUPPORT = "support", _("Support")
    COMPLAINTS = "complaints", _("Complaints")


@dataclass(frozen=True)
class Entry:
    """One line: when, what, by whom, the rest of it, and the page behind it."""

    at: datetime
    part: Part
    title: Words
    actor: Words = ""
    text: Words = ""
    url: str = ""
    tone: str = ""
    state: Words = ""


@dataclass
class Subject:
    """The request that is told of, and the member of staff to whom."""

    visit: VisitRequest
    user: User

    @cached_property
    def orders(self) -> list[Order]:
        """The orders that the request was ever in."""
        ids = OrderLine.objects.filter(request_id=self.visit.pk).values("order_id")
        return list(Order.objects.filter(pk__in=ids).order_by("pk")[:MOST])

    def may(self, permission: str) -> bool:
        """Whether the person may see what the permission is for."""
        return self.user.has_perm(permission)

    def page(self, model: str, row: Any, permission: str) -> str:
        """The office's page of a row, for who may open it."""
        return reverse(f"admin:{model}_change", args=[row.pk]) if self.may(permission) else ""


Teller = Callable[[Subject], Iterator[Entry]]
