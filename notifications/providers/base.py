"""What the outbox asks of an SMS provider, and the kinds of failure that decide what happens next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class OutgoingSms:
    """One message as it leaves: by an approved template where it has tokens, else as plain text."""

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


class ProviderError(Exception):
    """A message did not go out; `code` is the provider's own, never a text that could hold a secret."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RefusedError(ProviderError):
    """This message will never be accepted (wrong number, text, token)."""


class RetryError(ProviderError):
    """Nothing was sent; the same message may be tried again later."""


class AlarmError(ProviderError):
    """Nothing was sent and nothing will be until a person acts (credit, key, template)."""


class UnknownOutcomeError(ProviderError):
    """The message may have been sent."""


class SmsProvider(Protocol):
    """A way to send SMS."""

    def send(self, message: OutgoingSms) -> str:
        """Hand the message over; returns the provider's id. Raises a ProviderError."""

    def deliveries(self, provider_ids: Sequence[str]) -> dict[str, Delivery]:
        """What became of messages by the provider's ids; raises a ProviderError."""

    def credit_rial(self) -> int:
        """The remaining credit; raises a ProviderError."""
