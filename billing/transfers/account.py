"""The account into which owners transfer money, by the settings."""

from typing import NamedTuple

from django.conf import settings


class Account(NamedTuple):
    """Our account: IBAN (IR and 24 digits), bank and holder."""

    iban: str
    bank: str
    holder: str


def is_offered() -> bool:
    """Whether owners may pay by transfer at all."""
    return bool(settings.TRANSFERS_ON)


def ours() -> Account:
    """The account that papers name and that finance reads the statement of."""
    return Account(settings.TRANSFER_IBAN, settings.TRANSFER_BANK, settings.TRANSFER_HOLDER)
