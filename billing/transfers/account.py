"""The account into which owners transfer money, by the settings."""

from typing import NamedTuple

from django.conf import settings

from septam import identity


class Account(NamedTuple):
    """Our account: IBAN (IR and 24 digits), bank and holder."""

    iban: str
    bank: str
    holder: str

    @property
    def grouped_iban(self) -> str:
        """In groups of four, to be read and typed."""
        return " ".join(self.iban[start : start + 4] for start in range(0, len(self.iban), 4))


def is_offered() -> bool:
    """Whether owners may pay by transfer at all."""
    return bool(settings.TRANSFERS_ON)


def ours() -> Account:
    """The account that papers name and that finance reads the statement of. Raises identity.Invalid."""
    iban = identity.iban(settings.TRANSFER_IBAN)
    return Account(iban, settings.TRANSFER_BANK, settings.TRANSFER_HOLDER)
