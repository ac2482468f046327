"""The demo's people and places. Everything here is invented; production refuses to load it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import Group
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import (
    HolderKind,
    Profile,
    Role,
    StaffAssignment,
    TermsAcceptance,
    TermsVersion,
    User,
)
from billing.shares.reference import load_sample_rules
from septam import clock
from septam.models import AuditEvent
from septam.text import search_key
from sites.models import Category, City, Laboratory, Place
from sites.place import PlaceState

# Nouruz of 1400, before every day to which the demo's clock is moved.
_ROLES_SINCE = datetime(2021, 3, 21, tzinfo=clock.TEHRAN)
PASSWORD = "12345678"  # of the demonstration, which production refuses  # nosec B105


@dataclass(frozen=True)
class DemoOwner:
    """An owner of the demo."""

    username: str
    mobile: str
    first_name: str
    last_name: str
    national_id: str


@dataclass(frozen=True)
class DemoStaff:
    """A member of staff of the demo; laboratory by code where the role has one."""

    username: str
    first_name: str
    last_name: str
    role: Role
    laboratory: str = ""
    is_woman: bool = False


OWNERS = (
    DemoOwner("trustingHawkA", "09121110001", "محمد", "حسینی", "0499370899"),
    DemoOwner("gentleOtterB", "09121110002", "زهرا", "کریمی", "0013542419"),
)
STAFF = (
    DemoStaff("expert", "سارا", "محمدی‌نژاد", Role.EXPERT, "L-01", is_woman=True),
    DemoStaff("expert2", "رضا", "امینی", Role.EXPERT, "L-01"),
    DemoStaff("expert-tabriz", "یاشار", "صادقی", Role.EXPERT, "L-03"),
    DemoStaff("lab", "نسرین", "رضایی", Role.LAB_MANAGER, "L-01"),
    DemoStaff("support", "مریم", "احمدی", Role.SUPPORT),
    DemoStaff("finance", "حمید", "کاظمی", Role.FINANCE),
    DemoStaff("manager", "لیلا", "صفری", Role.MANAGER),
)


@transaction.atomic
def load() -> None:
    """Make the demo's people and places where they are missing."""
    for owner in OWNERS:
        _owner(owner)
    for member in STAFF:
        _staff(member)
    load_sample_rules()
    _places(User.objects.get(username=OWNERS[0].username))


def _owner(owner: DemoOwner) -> None:
    if User.objects.filter(username=owner.username).exists():
        return
    user = User.objects.create_user(
        owner.username,
        PASSWORD,
        mobile=owner.mobile,
        first_name=owner.first_name,
        last_name=owner.last_name,
        first_signed_in_at=clock.now(),
    )
    Profile.objects.create(
        user=user, kind=HolderKind.PERSON, name=str(user), national_id=owner.national_id
    )
    for terms in TermsVersion.objects.all()[:1]:
        TermsAcceptance.objects.create(user=user, terms=terms, at=clock.now())


def _staff(member: DemoStaff) -> None:
    if User.objects.filter(username=member.username).exists():
        return
    user = User.objects.create_user(
        member.username,
        PASSWORD,
        first_name=member.first_name,
        last_name=member.last_name,
        is_staff=True,
    )
    user.groups.add(Group.objects.get(name=member.role))
    laboratory = Laboratory.objects.get(code=member.laboratory) if member.laboratory else None
    role = StaffAssignment.objects.create(
        user=user,
        role=member.role,
        laboratory=laboratory,
        is_woman=member.is_woman,
        code=str(10230 + user.pk) if member.role == Role.EXPERT else "",
    )
    # As in a portal that has been running: who gets a role in the demo is new beside these.
    AuditEvent.objects.create(
        at=_ROLES_SINCE,
        verb="office.add",
        object_type=role._meta.label_lower,
        object_id=str(role.pk),
    )
    TOTPDevice.objects.create(user=user, name="demo", confirmed=True)


def _places(owner: User) -> None:
    if Place.objects.filter(owner=owner).exists():
        return
    tehran = City.objects.select_related("province").get(name="تهران", province__name="تهران")
    _place(
        owner,
        "طلافروشی حسینی",
        state=PlaceState.READY,
        sign_name="طلای حسینی",
        category=Category.objects.get(code="S-01"),
        postal_code="1416932790",
        area=Decimal("38.5"),
        city=tehran,
        address="خیابان ولیعصر، بالاتر از میدان، پلاک ۱۲",
        representative_name="علی حسینی",
        representative_phone="02188776655",
        laboratory=Laboratory.objects.get(code="L-01"),
    )
    _place(owner, "شعبه بازار", state=PlaceState.DRAFT, city=tehran)


def _place(owner: User, title: str, **fields: object) -> None:
    now = clock.now()
    Place.objects.create(
        owner=owner,
        title=title,
        search_key=search_key(title),
        created_at=now,
        updated_at=now,
        **fields,
    )


def lines() -> list[str]:
    """The demo's people, as the launcher prints them."""
    owners = [f"  {o.mobile}  {o.first_name} {o.last_name} (owner)" for o in OWNERS]
    staff = [f"  {s.username:<14} {s.first_name} {s.last_name} ({s.role.value})" for s in STAFF]
    code = "  (second factor of staff: make code NAME=USERNAME)"
    return [f"Demo people, password {PASSWORD}:", *owners, *staff, code]
