"""How the office finds a person: digits and text go different ways, each along an index.

One OR over joined tables, as Django's own search writes it, would read every row.
"""

import re

from django.db.models import QuerySet

from accounts.models import Profile, User
from septam import identity
from septam.digits import to_latin
from septam.text import search_key

_MOST = 200


def matching(queryset: QuerySet[User], typed: str) -> QuerySet[User]:
    """The people of the queryset whom the typed number or name may mean; all of them for nothing typed."""
    if not typed.strip():
        return queryset
    return queryset.filter(pk__in=set(_ids(typed)))


def _ids(typed: str) -> list[int]:
    number = identity.compact(typed).lstrip("+")
    found = _by_number(number) if number.isascii() and number.isdigit() else _by_name(typed)
    return found + list(_people(username__iexact=to_latin(typed).strip()))


def _people(**lookup: str) -> QuerySet[User, int]:
    return User.objects.filter(**lookup).values_list("pk", flat=True)[:_MOST]


def _by_number(number: str) -> list[int]:
    # Any of the forms in which people write a mobile, or its beginning.
    local = re.sub(r"^(?:0098|98)?0?(?=9)", "0", number)
    profiles = Profile.objects.filter(national_id=number).values_list("user_id", flat=True)
    return [*_people(mobile__startswith=local), *profiles[:_MOST]]


def _by_name(typed: str) -> list[int]:
    key = search_key(typed)
    if not key:
        return []
    profiles = Profile.objects.filter(search_key__holds=key).values_list("user_id", flat=True)
    return [*_people(search_key__holds=key), *profiles[:_MOST]]
