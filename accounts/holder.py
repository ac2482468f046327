"""Who holds an account, as other parts of the portal may know it."""

from collections.abc import Callable
from typing import NamedTuple

from accounts.models import HolderKind, User

# What names the holder of an account.
IDENTITY = ("kind", "name", "national_id")
Objection = Callable[[int], str]
_objections: list[Objection] = []


def register_objection(objection: Objection) -> None:
    """Ask `objection(user_id)` before another holder is written: why that cannot be now, or nothing.

    It is asked in the transaction that writes, and locks what it goes by.
    """
    if objection not in _objections:
        _objections.append(objection)


def why_unchangeable(user_id: int) -> str:
    """Why the holder of the account cannot become another now; empty where nothing speaks against it."""
    return next((why for ask in _objections if (why := ask(user_id))), "")


class Holder(NamedTuple):
    """The name and national id that go on papers, and what kind of holder it is."""

    name: str
    national_id: str
    kind: str


def holder_of(user: User) -> Holder:
    """The holder of the account; before the profile is filled in, the names of the registration."""
    profile = getattr(user, "profile", None)
    if profile is None:
        return Holder(user.get_full_name(), "", HolderKind.PERSON)
    return Holder(profile.name, profile.national_id, profile.kind)


class TaxIdentity(NamedTuple):
    """What an invoice says about the holder of an account; a number that is not known is empty."""

    kind: str
    name: str
    national_id: str
    economic_number: str
    registrant: str


def tax_identity_of(user: User) -> TaxIdentity:
    """Whom an invoice to this account names."""
    holder = holder_of(user)
    profile = getattr(user, "profile", None)
    economic = profile.economic_number if profile else ""
    registrant = profile.registrant_name if profile else ""
    return TaxIdentity(holder.kind, holder.name, holder.national_id, economic, registrant)


def contact_phone(user: User) -> str:
    """The number that experts see: the one for coordination where it is given, else the mobile."""
    profile = getattr(user, "profile", None)
    return (profile.coordination_phone if profile else "") or user.mobile or ""
