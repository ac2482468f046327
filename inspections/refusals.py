"""Why a step of a request is refused; each carries a Persian sentence for the screen."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from septam.refusal import Refusal


class NotAllowed(Refusal):
    """The state of things forbids the step."""


class AlreadyOpen(NotAllowed):
    """The place has a live request already (the database says so)."""


class CannotPlace(NotAllowed):
    """Paid requests that can no longer be given: `request_ids`. Nothing was changed; call again without them."""

    def __init__(self, request_ids: Iterable[int]) -> None:
        super().__init__(_("The place is no longer free for this request."))
        self.request_ids = tuple(request_ids)


class TimeRefused(NotAllowed):
    """The time is not one for visits; with a reason given, an expert may propose it all the same."""


class PastTime(NotAllowed):
    """The time has passed; no reason helps."""


class TooFar(NotAllowed):
    """The time is so far ahead that it must be a slip of the pen; no reason helps."""


class MovedOn(NotAllowed):
    """Somebody took a step of the request since the writer's page was shown: `event_id` is the newest one."""

    def __init__(self, event_id: int) -> None:
        super().__init__(
            _("This request was changed while the page was open. Look at it, then decide anew.")
        )
        self.event_id = event_id


class DoubleBooked(NotAllowed):
    """The expert's time is taken, the way included; the database said so."""
