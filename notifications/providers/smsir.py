"""SMS.ir over its REST API, version 1: the second provider, for when the first is down (docs/sms-providers.md).

It knows no id of ours, so that nothing whose outcome is unknown can be asked about or repeated. A value of an
approved template has at most 25 characters; a message with a longer one goes as plain text by the line.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings

from notifications import texts
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
from notifications.providers.fields import is_mobile, message_id, whole
from septam.sms_settings import demo_templates

OK = 1
LONGEST_VALUE = 25
# status of the answer and what it means for the message.
REFUSED = frozenset({16, *range(103, 113), 114, 115, 116, 118})
# The whole account waits for a person: key, addresses, account, plan, credit.
ALARM = frozenset({10, 11, 12, 13, 14, 15, 102})
# Messages of this kind wait for a person: line, template, text.
ALARM_OF_KIND = frozenset({101, 113, 117, 119, 123, 124})
TOO_MANY_CALLS = 20
NO_SUCH_MESSAGE = 111
PAUSE_OF_LIMITED = timedelta(minutes=2)
# 1 on the phone, 2 not on the phone, 3 and 5 at the operator, 4 not at the operator, 6 failed,
# 7 on the list of those who block advertising, 8 not known; none yet: still here.
DELIVERIES = {
    1: Delivery.DELIVERED, 2: Delivery.UNDELIVERED, 3: Delivery.PENDING, 4: Delivery.UNDELIVERED,
    5: Delivery.PENDING, 6: Delivery.UNDELIVERED, 7: Delivery.BLOCKED, None: Delivery.PENDING,
}  # fmt: skip


class SmsIr:
    """Sends by approved templates where their values fit, else by the line."""

    name = "smsir"
    # Each is a call of its own, and the number of calls is limited.
    most_ids = 20

    def __init__(self) -> None:
        self._root = f"{settings.SMSIR_URL}/v1"
        self._headers = {"X-API-KEY": settings.SMSIR_KEY, "Accept": "application/json"}
        self._exchange = Exchange()
        self._templates = settings.SMSIR_TEMPLATES or _demo_templates()

    def __repr__(self) -> str:
        return "<SMS.ir client>"

    def send(self, message: OutgoingSms) -> str:
        """Hand one message over; never safe to repeat when its outcome is unknown."""
        if not is_mobile(message.mobile):
            raise RefusedError("no-mobile")
        number = self._templates.get(message.template)
        values = _values(message) if number else {}
        if number and values and all(len(value) <= LONGEST_VALUE for value in values.values()):
            return self._by_template(message.mobile, number, values)
        return self._by_line(message)

    def _by_template(self, mobile: str, number: int, values: Mapping[str, str]) -> str:
        parameters = [{"name": name, "value": value} for name, value in values.items()]
        body = {"mobile": mobile, "templateId": number, "parameters": parameters}
        data = self._call("POST", "send/verify", body)
        return message_id(data.get("messageId") if isinstance(data, dict) else None)

    def _by_line(self, message: OutgoingSms) -> str:
        line = whole(settings.SMSIR_LINE)
        if line is None:
            raise AlarmError("no-line", one_kind=True)
        body = {
            "lineNumber": line,
            "messageText": message.text,
            "mobiles": [message.mobile],
            "sendDateTime": None,
        }
        data = self._call("POST", "send/bulk", body)
        ids = data.get("messageIds") if isinstance(data, dict) else None
        if not isinstance(ids, list) or len(ids) != 1:
            raise UnknownOutcomeError("no-message-id")
        if ids[0] is None or whole(ids[0]) == 0:
            # 0: the receiver blocks the line; null: the number or the text is not accepted.
            raise RefusedError("no-id" if ids[0] is None else "blocked")
        return message_id(ids[0])

    def repeats_safely(self, *, by_template: bool) -> bool:
        """Never: SMS.ir takes no id of ours."""
        return False

    def sent_as(self, local_id: int) -> str:
        """Raises UnknownOutcomeError: SMS.ir cannot tell."""
        raise UnknownOutcomeError("no-local-ids")

    def deliveries(self, provider_ids: Sequence[str]) -> dict[str, Delivery]:
        """The states of up to 20 messages, as far as they could be asked before the first failure."""
        found: dict[str, Delivery] = {}
        for id in provider_ids[: self.most_ids]:
            try:
                found[id] = self._delivery(id)
            except ProviderError:
                if not found:
                    raise
                break
        return found

    def _delivery(self, id: str) -> Delivery:
        if whole(id) is None:
            return Delivery.UNKNOWN
        try:
            data = self._call("GET", f"send/{id}")
        except RefusedError as problem:
            if problem.code == str(NO_SUCH_MESSAGE):
                return Delivery.UNKNOWN
            raise
        if not isinstance(data, dict):
            raise UnknownOutcomeError("wrong-shape")
        state = data.get("deliveryState")
        known = state is None or whole(state) is not None
        return DELIVERIES.get(whole(state), Delivery.UNKNOWN) if known else Delivery.UNKNOWN

    def credit(self) -> Credit:
        """How many messages the account can still pay for."""
        data = self._call("GET", "credit")
        if isinstance(data, bool) or not isinstance(data, int | float):
            raise UnknownOutcomeError("wrong-shape")
        return Credit(int(data), CreditUnit.MESSAGES, settings.SMSIR_LOW_CREDIT)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        url = f"{self._root}/{path}"
        reply = self._exchange.call(method, url, headers=self._headers, json=body)
        return _data(reply)


def _data(reply: Reply) -> Any:
    status = whole((reply.body or {}).get("status"))
    if reply.body is None or status is None:
        raise unreadable(reply.status)
    if status != OK:
        raise error(status)
    if reply.status >= 400:
        raise UnknownOutcomeError(f"http-{reply.status}")
    return reply.body.get("data")


def error(status: int) -> ProviderError:
    """What a status other than 1 means; of 0 («a fault of the system») and unknown ones nothing is certain."""
    code = str(status)
    if status in REFUSED:
        return RefusedError(code)
    if status in ALARM or status in ALARM_OF_KIND:
        return AlarmError(code, one_kind=status in ALARM_OF_KIND)
    if status == TOO_MANY_CALLS:
        return RetryError(code, pause=PAUSE_OF_LIMITED)
    return UnknownOutcomeError(code)


def unreadable(http_status: int) -> ProviderError:
    """What an answer without the provider's envelope means; 3xx and 4xx are no acceptance."""
    code = f"http-{http_status}"
    if http_status == 429:
        return RetryError(code, pause=PAUSE_OF_LIMITED)
    if 300 <= http_status < 500:
        return AlarmError(code, one_kind=http_status == 400)
    return UnknownOutcomeError(code)


def _values(message: OutgoingSms) -> dict[str, str]:
    """The tokens that the template shows, by the names that its text at SMS.ir uses: #TOKEN#, #TOKEN20#."""
    shown = texts.tokens_of_template(message.template) or set(message.tokens)
    return {name.upper(): value for name, value in message.tokens.items() if name in shown}


def _demo_templates() -> dict[str, int]:
    return {} if settings.PRODUCTION else demo_templates(text.template for text in texts.events())
