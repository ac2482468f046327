"""How an owner is told of a request: a notice with a link, an SMS beside it, and what a change takes back.

Called inside the transaction of the step, so that neither stands without the other.
"""

from datetime import datetime
from typing import Any

from django.urls import reverse

from inspections.models import VisitRequest
from notifications import notices, outbox
from notifications.bundle import Bundle


def about_request(request: VisitRequest) -> str:
    """By which a change takes back the SMS of a request that still wait."""
    return f"request:{request.pk}"


def about_cart(owner_id: int) -> str:
    """By which reminders of a cart are taken back once something leaves it."""
    return f"cart:{owner_id}"


def notice(
    request: VisitRequest,
    event: str,
    title: str,
    body: str,
    link: str = "",
    *,
    once_key: str = "",
    bundle: Bundle | None = None,
    **values: str,
) -> bool:
    """Add a notice that leads to the request's page, unless to another `link`; False where its key was used before.

    `body` is filled with the place's title and these values. With a `bundle` it waits there, and has no key.
    """
    link = link or reverse("inspections:request", args=[request.number])
    text = body % ({"place": request.place_title} | values)
    if bundle is not None:
        bundle.notice(request.owner_id, event, title, text, link)
        return True
    return notices.add(request.owner_id, event, title, text, link, once_key=once_key) is not None


def sms(
    request: VisitRequest,
    event: str,
    *,
    once_key: str,
    valid_until: datetime | None = None,
    about: str = "",
    bundle: Bundle | None = None,
    **values: Any,
) -> None:
    """Queue an SMS to the owner's own mobile, where there is one; it is about the request, unless told otherwise.

    With a `bundle` it waits there.
    """
    if request.owner.mobile:
        filled = {"place": request.place_title} | {name: str(v) for name, v in values.items()}
        put = outbox.queue if bundle is None else bundle.sms
        put(
            event, request.owner.mobile, filled, user_id=request.owner_id, once_key=once_key,
            about=about or about_request(request), valid_until=valid_until,
        )  # fmt: skip


def outdated(request: VisitRequest, *events: str) -> None:
    """Take back what waits of these events (of all, where none is named): a change made it wrong."""
    outbox.withdraw(about=about_request(request), events=events)
