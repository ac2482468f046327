"""What the outbox asks of an SMS provider, and the kinds of failure that decide what happens next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class OutgoingSms:
    """One message as it leaves: by an approved template where it has tokens, else as plain text.

    `local_id` names the wish to send. The machine repeats under the same one; who wants the same words sent
    once more takes another, else a provider that remembers it sends nothing.
    """

    mobile: str
    text: str = field(repr=False)
    local_id: int
    template: str = ""
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)


class Delivery(StrEnum):
    """What the operator says of a message that the provider took."""

    PENDING = "pending"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    # The receiver blocks advertising; the money comes back and repeating is useless.
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class CreditUnit(StrEnum):
    """What a provider counts credit in."""

    RIAL = "rial"
    MESSAGES = "messages"


@dataclass(frozen=True)
class Credit:
    """What is left at a provider; below `alarm_below` a person must charge the account."""

    amount: int
    unit: CreditUnit
    alarm_below: int = 0

    @property
    def is_low(self) -> bool:
        """Whether it is time to charge the account."""
        return self.amount < self.alarm_below


class ProviderError(Exception):
    """A message did not go out; `code` is the provider's own, never a text that could hold a secret."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RefusedError(ProviderError):
    """This message will never be accepted (wrong number, text, token)."""


class RetryError(ProviderError):
    """Nothing was sent; the same message may be tried again later.

    After `at_most` tries (0: no limit) it is taken for refused. `pause` is how long this provider wants to be
    left alone, where the usual waiting would be too short.
    """

    def __init__(self, code: str, *, at_most: int = 0, pause: timedelta | None = None) -> None:
        super().__init__(code)
        self.at_most = at_most
        self.pause = pause


class AlarmError(ProviderError):
    """Nothing was sent and nothing will be until a person acts (credit, key, template).

    With `one_kind` only messages of this kind are concerned (their template), else the whole account.
    """

    def __init__(self, code: str, *, one_kind: bool = False) -> None:
        super().__init__(code)
        self.one_kind = one_kind


class UnknownOutcomeError(ProviderError):
    """The message may have been sent."""


class SmsProvider(Protocol):
    """A way to send SMS. Its methods raise a ProviderError and nothing else."""

    # As SEPTAM_SMS_PROVIDERS names it; a row keeps it, because delivery is asked where the message went.
    name: str
    # How many ids `deliveries` takes at once.
    most_ids: int

    def send(self, message: OutgoingSms) -> str:
        """Hand the message over; returns the provider's id."""

    def repeats_safely(self, *, by_template: bool) -> bool:
        """Whether the same local id sent twice within 12 hours is one message."""

    def sent_as(self, local_id: int) -> str:
        """The provider's id of what it accepted under a local id in the last 12 hours; empty where it has nothing.

        Only of messages that repeat safely; raises UnknownOutcomeError where the provider cannot tell.
        """

    def deliveries(self, provider_ids: Sequence[str]) -> dict[str, Delivery]:
        """What became of messages; an id that is missing could not be asked this time."""

    def credit(self) -> Credit:
        """What is left on the account."""
