"""Kavenegar over its REST API (https://kavenegar.com/rest.html).

The official client is used with its one transport method replaced: that one has no timeout, puts the key
(a part of the URL) into exception texts, and gives the error's code only inside bytes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import requests
from django.conf import settings
from kavenegar import KavenegarAPI

from notifications.providers.base import (
    AlarmError,
    Delivery,
    OutgoingSms,
    ProviderError,
    RefusedError,
    RetryError,
    UnknownOutcomeError,
)

# return.status → what it means for the message. All other codes ask for a person (AlarmError).
_REFUSED = {400, 406, 411, 413, 414, 417, 419, 422, 428, 431, 604}
_RETRY = {402, 409, 429, 451}
# Message status: 6 failed at the line, 11 not delivered, 13 cancelled, 14 advertising blocked.
_DELIVERIES = {
    1: Delivery.PENDING, 2: Delivery.PENDING, 4: Delivery.PENDING, 5: Delivery.PENDING,
    6: Delivery.UNDELIVERED, 10: Delivery.DELIVERED, 11: Delivery.UNDELIVERED,
    13: Delivery.UNDELIVERED, 14: Delivery.BLOCKED,
}  # fmt: skip
_TIMEOUT = (5, 15)


class _Client(KavenegarAPI):  # type: ignore[misc]
    """The official client with a transport that times out and never shows the key."""

    def __init__(self, base_url: str, key: str) -> None:
        super().__init__(key)
        self._root = f"{base_url}/v1/{key}"
        self._session = requests.Session()
        self._session.trust_env = False

    def __repr__(self) -> str:
        return "<Kavenegar client>"

    __str__ = __repr__

    def _request(self, action: str, method: str, params: Mapping[str, Any] | None = None) -> Any:
        answer = self._post(f"{self._root}/{action}/{method}.json", params or {})
        try:
            body = answer.json()
            status = int(body["return"]["status"])
        except (ValueError, KeyError, TypeError):
            raise UnknownOutcomeError(f"http-{answer.status_code}") from None
        if status != 200:
            raise _error(status)
        return body.get("entries")

    def _post(self, url: str, params: Mapping[str, Any]) -> requests.Response:
        # «from None» everywhere: the original exceptions carry the URL, and with it the key.
        try:
            return self._session.post(url, data=params, headers=self.headers, timeout=_TIMEOUT)
        except requests.ConnectTimeout:
            raise RetryError("connect-timeout") from None
        except requests.ConnectionError as problem:
            if "NewConnectionError" in repr(problem):
                raise RetryError("no-connection") from None
            raise UnknownOutcomeError("connection-lost") from None
        except requests.RequestException as problem:
            raise UnknownOutcomeError(type(problem).__name__) from None


def _error(status: int) -> ProviderError:
    if status in _REFUSED:
        return RefusedError(str(status))
    return RetryError(str(status)) if status in _RETRY else AlarmError(str(status))


class Kavenegar:
    """Sends by approved templates where it can, else by the service line."""

    def __init__(self) -> None:
        self._client = _Client(settings.SMS_URL, settings.SMS_KEY)

    def send(self, message: OutgoingSms) -> str:
        """Hand one message over; the line's sending is safe to repeat under the same local id."""
        if message.template:
            params = {"receptor": message.mobile, "template": message.template, **message.tokens}
            entries = self._client.verify_lookup(params)
        else:
            entries = self._client.sms_send(
                {
                    "receptor": message.mobile,
                    "message": message.text,
                    "sender": settings.SMS_SENDER,
                    "localid": message.local_id,
                }
            )
        return _message_id(entries)

    def deliveries(self, provider_ids: Sequence[str]) -> dict[str, Delivery]:
        """The states of up to 500 messages of the last 48 hours."""
        entries = self._client.sms_status({"messageid": ",".join(provider_ids)}) or []
        return {
            str(entry["messageid"]): _DELIVERIES.get(int(entry["status"]), Delivery.UNKNOWN)
            for entry in entries
        }

    def credit_rial(self) -> int:
        """The account's remaining credit."""
        entries = self._client.account_info()
        return int(entries["remaincredit"])


def _message_id(entries: Any) -> str:
    # Lookup answers a list or, by some accounts, a single object.
    entry = entries[0] if isinstance(entries, list) and entries else entries
    try:
        return str(entry["messageid"])
    except (TypeError, KeyError):
        raise UnknownOutcomeError("no-message-id") from None
