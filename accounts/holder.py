"""Who holds an account, as other parts of the portal may know it."""

from typing import NamedTuple

from accounts.models import HolderKind, User


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


def contact_phone(user: User) -> str:
    """The number that experts see: the one for coordination where it is given, else the mobile."""
    profile = getattr(user, "profile", None)
    return (profile.coordination_phone if profile else "") or user.mobile or ""
