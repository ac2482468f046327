"""Which requests a member of staff may see, and which phone is shown to whom visits."""

from django.db.models import Q

from accounts.holder import contact_phone
from accounts.models import Role, StaffAssignment, User
from inspections.models import VisitRequest
from inspections.models.requests import VisitRequestQuerySet

# These see every request; what they may do with it is a matter of permissions.
_SEES_ALL = (Role.SUPPORT, Role.FINANCE, Role.MANAGER)


def sees_all(user: User) -> bool:
    """Whether the person's requests are the whole country's."""
    rows = user.assignments.filter(active=True, role__in=_SEES_ALL)
    return user.is_superuser or (user.is_active and user.is_staff and rows.exists())


def visible_to_staff(queryset: VisitRequestQuerySet, user: User) -> VisitRequestQuerySet:
    """The requests within a member of staff's scope; none for anybody else.

    An expert: the paid ones of the own laboratory in the own coverage (provinces and cities, either empty:
    all). A laboratory manager: all of the laboratory. Support, finance, managers and superusers: all.
    """
    if not (user.is_active and user.is_staff):
        return queryset.none()
    roles = list(user.assignments.filter(active=True).prefetch_related("provinces", "cities"))
    if user.is_superuser or any(a.role in _SEES_ALL for a in roles):
        return queryset
    allowed = Q(pk__in=[])
    for assignment in roles:
        allowed |= _scope_of(assignment)
    return queryset.filter(allowed)


def of_expert(queryset: VisitRequestQuerySet, user: User) -> VisitRequestQuerySet:
    """The paid requests that the person may work on as an expert: the own ones, and in the own laboratory and
    coverage those that nobody has; places for women only where a woman visits."""
    rows = user.assignments.filter(active=True, role=Role.EXPERT)
    allowed = Q(pk__in=[])
    for assignment in rows.prefetch_related("provinces", "cities"):
        free = Q(assigned_expert__isnull=True)
        if not assignment.is_woman:
            free &= Q(place__women_only=False)
        allowed |= _scope_of(assignment) & (Q(assigned_expert_id=user.pk) | free)
    return queryset.filter(allowed)


def _scope_of(assignment: StaffAssignment) -> Q:
    laboratory = Q(laboratory_id=assignment.laboratory_id)
    if assignment.role == Role.LAB_MANAGER:
        return laboratory
    return laboratory & Q(paid_at__isnull=False) & _coverage_of(assignment)


def _coverage_of(assignment: StaffAssignment) -> Q:
    provinces = [province.pk for province in assignment.provinces.all()]
    cities = [city.pk for city in assignment.cities.all()]
    if not provinces and not cities:
        return Q()
    return Q(province_id__in=provinces) | Q(city_id__in=cities)


def phone_for_visit(request: VisitRequest) -> str:
    """The owner's number for experts and laboratories: the substitute where one is given, else the mobile."""
    return contact_phone(request.owner)
