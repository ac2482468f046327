"""Before support helps a caller into an account: questions whose answers the account knows.

Support types what the caller says; the server compares and says right or not, never which one was wrong. The
tries are counted before anything is compared, and each is in the audit log without the answers.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from accounts import limits
from accounts.models import Profile, User
from septam import audit, clock
from septam.text import search_key
from septam.throttle import Verdict
from sites.models import Place

NATIONAL_ID_END, BORN_ON = "national_id_end", "born_on"
POSTAL_CODE, LAST_NAME = "postal_code", "last_name"
END_DIGITS = 4
# So long after right answers support may help this person.
COUNTS = timedelta(minutes=10)
_SESSION = "identity_checked"


def askable(person: User) -> list[str]:
    """What can be asked about this person, the best question first.

    Empty where nothing is known but the last name, which support reads on the same page: it proves nothing alone.
    """
    profile = Profile.objects.filter(user=person).first()
    known = {
        NATIONAL_ID_END: profile is not None,
        BORN_ON: profile is not None and profile.born_or_registered_on is not None,
        POSTAL_CODE: bool(_postal_codes(person)),
        LAST_NAME: bool(person.last_name),
    }
    names = [name for name, is_known in known.items() if is_known]
    return [] if names == [LAST_NAME] else names


def needed(names: list[str]) -> int:
    """How many answers have to be given, all of them right: two, where so many can be asked; never none."""
    return min(2, max(1, len(names)))


def check(request: HttpRequest, person: User, answers: Mapping[str, Any]) -> tuple[Verdict, bool]:
    """Count a try, compare, and remember right answers in support's session; whether they were right."""
    actor_id = request.user.pk or 0
    verdict = limits.may_check_identity(person.pk, actor_id)
    passed = verdict.allowed and _are_right(person, answers)
    audit.record(
        actor_id, "account.identity_check", person,
        asked=sorted(answers), passed=passed, limited=not verdict.allowed,
    )  # fmt: skip
    if passed:
        request.session[_SESSION] = {"person": person.pk, "at": clock.now().timestamp()}
    return verdict, passed


def is_fresh(request: HttpRequest, person: User) -> bool:
    """Whether this member of staff had right answers for this person a short while ago."""
    if not askable(person):
        return False
    kept = request.session.get(_SESSION, {})
    age = clock.now().timestamp() - kept.get("at", 0)
    return kept.get("person") == person.pk and 0 <= age <= COUNTS.total_seconds()


def _are_right(person: User, answers: Mapping[str, Any]) -> bool:
    names = askable(person)
    enough = len(answers) >= needed(names) and set(answers) <= set(names)
    best = NATIONAL_ID_END not in names or NATIONAL_ID_END in answers
    return enough and best and all(_is_right(person, name, answers[name]) for name in answers)


def _is_right(person: User, name: str, answer: Any) -> bool:
    if name == LAST_NAME:
        return search_key(answer) == search_key(person.last_name)
    if name == POSTAL_CODE:
        return answer in _postal_codes(person)
    profile = Profile.objects.get(user=person)
    if name == BORN_ON:
        return bool(answer == profile.born_or_registered_on)
    return bool(answer == profile.national_id[-END_DIGITS:])


def _postal_codes(person: User) -> set[str]:
    places = Place.objects.filter(owner=person).exclude(postal_code="")
    return set(places.values_list("postal_code", flat=True))
