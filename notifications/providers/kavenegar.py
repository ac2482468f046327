"""Kavenegar over its REST API (https://kavenegar.com/rest.html).

The official client is used with its one transport method replaced: that one has no timeout, puts the key
(a part of the URL) into exception texts, and gives the error's code only inside bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from kavenegar import KavenegarAPI

from notifications.providers.base import (
    AlarmError,
    Credit,
    CreditUnit,
    Delivery,
    OutgoingSms,
    ProviderError,
    RefusedError,
    RetryError,
    UnknownOutcomeError,
)
from notifications.providers.exchange import Exchange, Reply
from notifications.providers.fields import entries_of, is_mobile, message_id, whole

OK = 200
# return.status and what it means for the message (docs/sms-providers.md has each code's words).
REFUSED = frozenset({400, 406, 411, 413, 414, 415, 417, 419, 422, 428, 431, 604})
# The whole account waits for a person: key, credit, addresses, rights.
ALARM = frozenset({401, 403, 404, 405, 407, 416, 418, 426, 427, 501, *range(800, 814)})
# Messages of this kind wait for a person: line, links, template, tag.
ALARM_OF_KIND = frozenset({412, 420, 424, 432, 607})
FAILED = 402
BUSY = 409
LIMITED = frozenset({429, 451})
TRIES_OF_FAILED = 3
PAUSE_OF_LIMITED = timedelta(minutes=10)
# Message status: 6 failed at the line, 11 not delivered, 13 cancelled, 14 advertising blocked.
DELIVERIES = {
    1: Delivery.PENDING, 2: Delivery.PENDING, 4: Delivery.PENDING, 5: Delivery.PENDING,
    6: Delivery.UNDELIVERED, 10: Delivery.DELIVERED, 11: Delivery.UNDELIVERED,
    13: Delivery.UNDELIVERED, 14: Delivery.BLOCKED,
}  # fmt: skip


class _Client(KavenegarAPI):  # type: ignore[misc]
    """The official client with a transport that times out, reads every answer and never shows the key."""

    def __init__(self, base_url: str, key: str) -> None:
        super().__init__(key)
        self._root = f"{base_url}/v1/{key}"
        self._exchange = Exchange()

    def __repr__(self) -> str:
        return "<Kavenegar client>"

    __str__ = __repr__

    def _request(self, action: str, method: str, params: Mapping[str, Any] | None = None) -> Any:
        url = f"{self._root}/{action}/{method}.json"
        reply = self._exchange.call("POST", url, data=dict(params or {}))
        status = _status(reply)
        if status is None:
            raise unreadable(reply.status)
        if status != OK:
            raise error(status)
        if reply.status >= 400 or reply.body is None:
            raise UnknownOutcomeError(f"http-{reply.status}")
        return reply.body.get("entries")


def _status(reply: Reply) -> int | None:
    head = (reply.body or {}).get("return")
    return whole(head.get("status")) if isinstance(head, dict) else None


def error(status: int) -> ProviderError:
    """What a return.status other than 200 means; of a code that nobody knows it is not certain either."""
    code = str(status)
    if status in REFUSED:
        return RefusedError(code)
    if status in ALARM or status in ALARM_OF_KIND:
        return AlarmError(code, one_kind=status in ALARM_OF_KIND)
    if status == FAILED:
        return RetryError(code, at_most=TRIES_OF_FAILED)
    if status == BUSY:
        return RetryError(code)
    return (
        RetryError(code, pause=PAUSE_OF_LIMITED) if status in LIMITED else UnknownOutcomeError(code)
    )


def unreadable(http_status: int) -> ProviderError:
    """What an answer without the provider's envelope means: somebody before the provider spoke.

    4xx and 3xx are no acceptance. Of 2xx and 5xx nothing is certain.
    """
    code = f"http-{http_status}"
    if http_status in LIMITED:
        return RetryError(code, pause=PAUSE_OF_LIMITED)
    if 300 <= http_status < 500:
        return AlarmError(code)
    return UnknownOutcomeError(code)


class Kavenegar:
    """Sends by approved templates where it can, else by the service line."""

    name = "kavenegar"
    most_ids = 500

    def __init__(self) -> None:
        self._client = _Client(settings.SMS_URL, settings.SMS_KEY)

    def send(self, message: OutgoingSms) -> str:
        """Hand one message over; the line's sending is safe to repeat under the same local id."""
        if not is_mobile(message.mobile):
            raise RefusedError("no-mobile")
        if message.template:
            params = {"receptor": message.mobile, "template": message.template, **message.tokens}
            return _message_id(self._client.verify_lookup(params))
        entries = self._client.sms_send(
            {
                "receptor": message.mobile,
                "message": message.text,
                "sender": settings.SMS_SENDER,
                "localid": message.local_id,
            }
        )
        return _message_id(entries)

    def repeats_safely(self, *, by_template: bool) -> bool:
        """By the line only: verify/lookup takes no local id."""
        return not by_template

    def sent_as(self, local_id: int) -> str:
        """The message id under a local id of the last 12 hours; empty where there is none."""
        entries = entries_of(self._client.sms_statuslocalmessageid({"localid": local_id}))
        mine = next((one for one in entries if whole(one.get("localid")) == local_id), {})
        status = whole(mine.get("status"))
        if status is None:
            raise UnknownOutcomeError("wrong-shape")
        return message_id(mine.get("messageid")) if status in DELIVERIES else ""

    def deliveries(self, provider_ids: Sequence[str]) -> dict[str, Delivery]:
        """The states of up to 500 messages of the last 48 hours; older ones are unknown to Kavenegar."""
        asked = set(provider_ids[: self.most_ids])
        entries = entries_of(self._client.sms_status({"messageid": ",".join(sorted(asked))}))
        states = {str(entry.get("messageid")): whole(entry.get("status")) for entry in entries}
        return {
            id: DELIVERIES.get(status, Delivery.UNKNOWN)
            for id, status in states.items()
            if id in asked and status is not None
        }

    def credit(self) -> Credit:
        """The account's remaining credit."""
        for entry in entries_of(self._client.account_info()):
            rial = whole(entry.get("remaincredit"))
            if rial is not None:
                return Credit(rial, CreditUnit.RIAL, settings.SMS_LOW_CREDIT)
        raise UnknownOutcomeError("wrong-shape")


def _message_id(entries: Any) -> str:
    """The id in the first entry. Raises UnknownOutcomeError where there is none."""
    first = next(iter(entries_of(entries)), {})
    return message_id(first.get("messageid"))
