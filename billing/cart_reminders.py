"""Tells owners two days before their cart lets places go; each place once, all of an owner in one message."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from billing import orders
from billing.models.payments import HOLDING
from inspections.models import VisitRequest
from inspections.telling import about_cart
from notifications import daytime, notices, outbox
from septam import clock
from septam.digits import to_persian

DAYS_BEFORE = 2
# How many owners a run takes.
BATCH = 2000


def remind() -> int:
    """Tell each owner of what leaves the cart within two days; returns how many owners. Not at night."""
    if not daytime.is_now():
        return 0
    owners = _near().order_by("owner_id").values_list("owner_id", flat=True).distinct()
    return sum(_remind(owner_id) for owner_id in owners[:BATCH])


def _near() -> QuerySet[VisitRequest]:
    """Requests that the cart lets go within two days, not at once, of which nobody was told and nobody pays."""
    end = clock.now() - timedelta(days=settings.CART_DAYS)
    soon = orders.old_in_cart(end + timedelta(days=DAYS_BEFORE)).filter(reminded_at=None)
    soon = soon.exclude(pk__in=orders.old_in_cart(end).values("pk"))
    return soon.exclude(order_lines__order__attempts__state__in=HOLDING)


def _remind(owner_id: int) -> bool:
    with transaction.atomic():
        # Whoever pays or takes something away waits for this row, or has it.
        orders.lock_owner(owner_id)
        ids = list(_near().filter(owner_id=owner_id).values_list("pk", flat=True))
        rows = VisitRequest.objects.select_for_update(of=("self",)).filter(pk__in=ids)
        found = list(rows.in_cart().select_related("owner", "place").order_by("pk"))
        VisitRequest.objects.filter(pk__in=[request.pk for request in found]).update(
            reminded_at=clock.now()
        )
        if found:
            _tell(found)
        return bool(found)


def _tell(requests: Sequence[VisitRequest]) -> None:
    owner, titles = requests[0].owner, [request.place_title for request in requests]
    key = f"cart.lapsing:{requests[0].pk}"
    body = _(
        "Within two days these leave your cart unless they are paid for: %(places)s. Their data are kept."
    )
    notices.add(
        owner.pk, "cart.lapsing", _("Your cart is about to lapse"),
        body % {"places": "، ".join(f"«{title}»" for title in titles)}, reverse("billing:cart"), once_key=key,
    )  # fmt: skip
    many = _("%(count)s places") % {"count": to_persian(len(titles))}
    if owner.mobile:
        outbox.queue(
            "cart.lapsing", owner.mobile, {"place": titles[0] if len(titles) == 1 else many},
            user_id=owner.pk, once_key=key, about=about_cart(owner.pk), valid_until=daytime.end(),
        )  # fmt: skip
