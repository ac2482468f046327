"""The few people that tests are about. Everybody's password is «12345678»."""

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import roles
from accounts.models import HolderKind, Profile, Role, StaffAssignment, User
from accounts.second_factor.asking_again import SURE_AT
from septam import clock
from sites.models import Laboratory

PASSWORD = "12345678"


def make_owner(
    mobile: str = "09121234567", *, name: str = "محمد حسینی", with_profile: bool = True
) -> User:
    """An owner who registered, got a password, and (unless told otherwise) filled in the profile."""
    first, _, last = name.partition(" ")
    user = User.objects.create_user(
        f"trustingHawk{mobile[-4:]}", PASSWORD, mobile=mobile, first_name=first, last_name=last,
        first_signed_in_at=clock.now(),
    )  # fmt: skip
    if with_profile:
        Profile.objects.create(
            user=user, kind=HolderKind.PERSON, name=name, national_id="0499370899"
        )
    return user


def make_stranger() -> User:
    """Another owner, who must see nothing of the first one's."""
    return make_owner("09357654321", name="زهرا کریمی")


def make_staff(role: Role, laboratory: Laboratory | None = None, username: str = "") -> User:
    """A member of staff with one role; an expert gets a public code."""
    user = User.objects.create_user(
        username or f"{role}{User.objects.count()}", PASSWORD, is_staff=True,
        first_name="سارا", last_name="محمدی‌نژاد",
    )  # fmt: skip
    code = str(10000 + user.pk) if role == Role.EXPERT else ""
    StaffAssignment.objects.create(user=user, role=role, laboratory=laboratory, code=code)
    roles.sync_groups(user)
    return user


def make_expert(laboratory: Laboratory, username: str = "") -> User:
    """An expert of the laboratory."""
    return make_staff(Role.EXPERT, laboratory, username)


def office_client(user: User) -> Client:
    """A browser in which this member of staff signed in with a second factor."""
    device = TOTPDevice.objects.get_or_create(user=user, name="totp", confirmed=True)[0]
    client = Client()
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session[SURE_AT] = int(clock.machine_now().timestamp())
    session.save()
    return client
