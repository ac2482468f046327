"""What one step tells, gathered while it runs and written at its end: one statement for all its notices, one for its SMS."""

from collections.abc import Collection, Mapping
from datetime import datetime

from notifications import notices, outbox
from notifications.models import Notice, SmsMessage
from septam.postgres.prepared_writes import Insert

_NOTICES = Insert(Notice)


class Bundle:
    """Notices and SMS of one transaction that are not written yet, and what they make wrong of what waits."""

    def __init__(self) -> None:
        self._notices: list[Notice] = []
        self._sms: list[SmsMessage] = []
        self._outdated: list[str] = []

    def notice(self, user_id: int, event: str, title: str, body: str = "", link: str = "") -> None:
        """As notices.add."""
        self._notices.append(notices.made(user_id, event, title, body, link))

    def sms(
        self,
        event: str,
        mobile: str,
        values: Mapping[str, str],
        *,
        user_id: int,
        once_key: str,
        about: str = "",
        valid_until: datetime | None = None,
    ) -> None:
        """As outbox.queue; whether its key was used before shows when it is written."""
        self._sms.append(
            outbox.made(
                event, mobile, values, user_id=user_id, once_key=once_key, about=about, valid_until=valid_until
            )
        )  # fmt: skip

    def outdated(self, about: Collection[str]) -> None:
        """As outbox.withdraw of all that is about these things; what the bundle itself queues stays."""
        self._outdated += about

    def write(self, *then: "Bundle") -> None:
        """Write what was gathered, and what these others gathered after it, in the caller's transaction."""
        bundles = (self, *then)
        outdated = [about for one in bundles for about in one._outdated]
        if outdated:
            outbox.withdraw(about=outdated)
        _NOTICES([notice for one in bundles for notice in one._notices])
        outbox.queue_once([sms for one in bundles for sms in one._sms])
