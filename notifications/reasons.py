"""Why a message did not go out or arrive, and what to do about it, in words for staff; by the providers' codes."""

import re
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import marks, resending
from notifications.models import SmsMessage, SmsState
from notifications.providers import kavenegar, smsir
from notifications.providers.base import Delivery

Text = str | Promise
_NUMBER: tuple[Text, Text] = (_("The number is wrong"), _("Ask the owner for the right number."))
_TEXT: tuple[Text, Text] = (
    _("The provider refuses the text or a value in it"),
    _("Look at the length and the signs of the text; tell the technical team."),
)
_ACCOUNT: tuple[Text, Text] = (
    _("The provider refuses our account or key"),
    _("The technical team must look at key, addresses and rights in the provider's panel."),
)
_CREDIT: tuple[Text, Text] = (
    _("The credit is used up"),
    _("Charge the provider's account; what waits is then sent by itself."),
)
_TEMPLATE: tuple[Text, Text] = (
    _("The provider does not know the template or the line, or has not approved it"),
    _("Have the template approved in the provider's panel; what waits is then sent by itself."),
)
_BUSY: tuple[Text, Text] = (
    _("The provider is busy or limits us"),
    _("Nothing is to be done; it is tried again."),
)
_NETWORK: tuple[Text, Text] = (
    _("The provider could not be reached"),
    _("It is tried again. If it lasts, tell the technical team."),
)
_LOST: tuple[Text, Text] = (
    _("The provider's answer was lost: it may have been sent"),
    _("Ask the owner whether it came; if not, send it again."),
)
_BROKEN: tuple[Text, Text] = (
    _("The message could not be made"),
    _("Tell the technical team; its number is above."),
)
_TOO_LATE: tuple[Text, Text] = (
    _("It had lost its use before it could be sent"),
    _("If the owner still needs it, send it again."),
)
_INTERRUPTED: tuple[Text, Text] = (
    _("The sending was interrupted: it may have been sent"),
    _("Ask the owner whether it came; if not, send it again."),
)
_BLOCKED: tuple[Text, Text] = (
    _("The number has advertising SMS closed"),
    _("Tell the owner how to open it: Hamrah-e Aval: 11 to 8999; Irancell: 1 to 5005."),
)
_NOT_REACHED: tuple[Text, Text] = (
    _("The phone was off, without reception or full"),
    _("Send it again later, or phone the owner."),
)
_WITHDRAWN: tuple[Text, Text] = (
    _("A change made it needless before it was sent"),
    _("Nothing is to be done."),
)
_NEW_CODE = _("A code is not sent again: the owner must ask for a new one himself.")
# Their advice speaks of sending again, or of a next try that a message that was given up does not have.
_REPEATED = (_LOST, _INTERRUPTED, _TOO_LATE, _NOT_REACHED)
_TRIED_AGAIN = (_BUSY, _NETWORK)
_CODES: dict[str, dict[str, tuple[Text, Text]]] = {
    "kavenegar": {
        **dict.fromkeys(map(str, kavenegar.REFUSED), _TEXT),
        **dict.fromkeys(map(str, kavenegar.ALARM), _ACCOUNT),
        **dict.fromkeys(map(str, kavenegar.ALARM_OF_KIND), _TEMPLATE),
        **dict.fromkeys(("402", "409", "429", "451"), _BUSY),
        "411": _NUMBER, "418": _CREDIT, "604": _NUMBER,
    },
    "smsir": {
        **dict.fromkeys(map(str, smsir.REFUSED), _TEXT),
        **dict.fromkeys(map(str, smsir.ALARM), _ACCOUNT),
        **dict.fromkeys(map(str, smsir.ALARM_OF_KIND), _TEMPLATE),
        "20": _BUSY, "102": _CREDIT, "104": _NUMBER, "blocked": _BLOCKED, "no-line": _TEMPLATE,
    },
}  # fmt: skip
_KINDS = {
    "RefusedError": _TEXT,
    "AlarmError": _ACCOUNT,
    "RetryError": _NETWORK,
    "UnknownOutcomeError": _LOST,
}
_FAILURE = re.compile(r"^(\S+) (\w+Error) (.+)$")


@dataclass(frozen=True)
class Reason:
    """What happened, what to do, and the provider's own code for the technical team."""

    words: Text
    advice: Text
    code: str = ""


def of(message: SmsMessage) -> list[Reason]:
    """The reasons of a message's state, one for each provider that failed; none where all went well."""
    found = _of_any(message)
    if resending.outlives_its_moment(message.event):
        return found
    past = _REPEATED + (_TRIED_AGAIN if message.state == SmsState.DEAD else ())
    advices = [advice for _words, advice in past]
    return [
        replace(reason, advice=_NEW_CODE) if reason.advice in advices else reason
        for reason in found
    ]


def _of_any(message: SmsMessage) -> list[Reason]:
    if message.state == SmsState.WITHDRAWN:
        return [Reason(*_WITHDRAWN)]
    if message.state == SmsState.UNDELIVERED:
        blocked = message.provider_status == Delivery.BLOCKED
        return [Reason(*(_BLOCKED if blocked else _NOT_REACHED))]
    if message.error == marks.TOO_LATE:
        return [Reason(*_TOO_LATE)]
    return [of_failure(part) for part in message.error.split("; ") if part]


def is_lack_of_credit(failure: str) -> bool:
    """Whether this entry says that the account could not pay."""
    return of_failure(failure).words is _CREDIT[0]


def of_failure(failure: str) -> Reason:
    """The reason behind one entry of a row's error, or of what is known of a provider."""
    found = _FAILURE.match(failure)
    if found is None:
        return Reason(*_INTERRUPTED, failure)
    provider, kind, code = found.groups()
    if code.startswith("cannot be made"):
        return Reason(*_BROKEN, failure)
    if code == "no-mobile":
        return Reason(*_NUMBER, failure)
    usual = _KINDS.get(kind, _LOST)
    return Reason(*_CODES.get(provider, {}).get(code, usual), failure)
