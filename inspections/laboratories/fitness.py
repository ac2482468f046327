"""Who may visit what: the one rule that assigning, taking a request and proposing a time ask.

An expert works for the request's laboratory, which serves the city today; covers the place; is a woman where
only women may come in; neither owns the place nor declared an interest in it; and does not repeat a visit of his own
that was complained about.
"""

from collections.abc import Iterator
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from inspections.laboratories.experts import assignment_of
from inspections.models import (
    Complaint,
    ConflictKind,
    ConflictOfInterest,
    RequestKind,
    VisitRequest,
)
from septam.keyed import is_hash_of, keyed_hash
from sites import search

_SALT = "inspections.conflict"


def person_key(number: str) -> str:
    """The keyed hash by which a declaration names a person: of a national id or of a mobile number."""
    return keyed_hash(_SALT, number)


class Visitor:
    """An expert as a visitor for one laboratory; what decides is loaded once, however many requests are asked about."""

    def __init__(self, expert: User, laboratory_id: int) -> None:
        self.expert = expert
        self.laboratory_id = laboratory_id
        self.assignment = assignment_of(expert, laboratory_id)

    def objection(self, request: VisitRequest) -> str:
        """Why this expert may not visit the request's place, in words; empty where nothing speaks against it."""
        return next(self._objections(request), "")

    def interest(self, request: VisitRequest) -> str:
        """What interest the expert has in the place, in words; empty where there is none."""
        return next(self._interests(request), "")

    def _objections(self, request: VisitRequest) -> Iterator[str]:
        if self.assignment is None or request.laboratory_id != self.laboratory_id:
            yield _("This person is no active expert of the request's laboratory.")
            return
        if not self._serves(request.province_id, request.city_id):
            yield _(
                "The laboratory does not serve this city at present; its owner chooses another one."
            )
        if request.place.women_only and not self.assignment.is_woman:
            yield _("This place is for women only; a woman expert visits it.")
        if not self._covers(request):
            yield _("This city is outside the expert's coverage.")
        if request.kind == RequestKind.REPEAT and self._was_complained_about(request):
            yield _(
                "This visit follows from a complaint; an expert who had no part in the first one makes it."
            )
        yield from self._interests(request)

    def _was_complained_about(self, request: VisitRequest) -> bool:
        first = Q(request__assigned_expert=self.expert) | Q(request__report__expert=self.expert)
        return Complaint.objects.filter(first, repeat=request).exists()

    def _serves(self, province_id: int, city_id: int) -> bool:
        if city_id not in self._served:
            self._served[city_id] = search.serves(self.laboratory_id, province_id, city_id)
        return self._served[city_id]

    @cached_property
    def _served(self) -> dict[int, bool]:
        return {}

    def _covers(self, request: VisitRequest) -> bool:
        provinces, cities = self._coverage
        if not provinces and not cities:
            return True
        return request.province_id in provinces or request.city_id in cities

    @cached_property
    def _coverage(self) -> tuple[set[int], set[int]]:
        if self.assignment is None:
            return set(), set()
        provinces = self.assignment.provinces.values_list("pk", flat=True)
        return set(provinces), set(self.assignment.cities.values_list("pk", flat=True))

    def _interests(self, request: VisitRequest) -> Iterator[str]:
        if self._is_own(request):
            yield _("The place is the expert's own, or the expert is its representative.")
        if any(_is_about(one, request) for one in self._declared):
            yield _("The expert declared an interest in this place, its owner or its trade.")

    @cached_property
    def _declared(self) -> list[ConflictOfInterest]:
        return list(ConflictOfInterest.objects.standing().filter(expert_id=self.expert.pk))

    def _is_own(self, request: VisitRequest) -> bool:
        if request.owner_id == self.expert.pk:
            return True
        own = {self.expert.mobile, self._national_id} - {None, ""}
        return bool(own & _persons_of(request))

    @cached_property
    def _national_id(self) -> str:
        profile = getattr(self.expert, "profile", None)
        return profile.national_id if profile else ""


def _persons_of(request: VisitRequest) -> set[str]:
    """The numbers of everybody whose place it is, or who represents it."""
    profile, kept, place = getattr(request.owner, "profile", None), request.snapshot, request.place
    found = {
        request.owner.mobile, place.representative_phone, place.holder_national_id,
        kept.get("representative_phone"), kept.get("holder_national_id"),
    }  # fmt: skip
    if profile is not None:
        found |= {profile.national_id, profile.coordination_phone}
    return {number for number in found if number}


def _is_about(declared: ConflictOfInterest, request: VisitRequest) -> bool:
    kept, place = request.snapshot, request.place
    if declared.kind == ConflictKind.PLACE:
        return declared.postal_code in (kept.get("postal_code"), place.postal_code)
    if declared.kind == ConflictKind.OWNER:
        return any(
            is_hash_of(_SALT, number, declared.person_hash) for number in _persons_of(request)
        )
    category_id = kept.get("category_id") or place.category_id
    in_city = declared.city_id in (None, request.city_id)
    return in_city and declared.category_id in (None, category_id)
