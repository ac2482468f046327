"""The staff who look at the office in the bench: one of each role, and five experts in each laboratory."""

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import roles
from accounts.models import Role, StaffAssignment, User
from sites.models import Laboratory

EXPERTS = 5


def make() -> None:
    """In an empty portal."""
    laboratories = list(Laboratory.objects.order_by("pk"))
    for role in (Role.MANAGER, Role.FINANCE, Role.SUPPORT):
        _member(role, None, str(role))
    _member(Role.LAB_MANAGER, laboratories[0], "lab_manager")
    for number in range(EXPERTS):
        for laboratory in laboratories:
            _member(Role.EXPERT, laboratory, f"expert{number}-{laboratory.pk}")


def _member(role: Role, laboratory: Laboratory | None, username: str) -> None:
    user = User.objects.create_user(username, None, is_staff=True, first_name="سارا")
    code = str(10000 + user.pk) if role == Role.EXPERT else ""
    StaffAssignment.objects.create(user=user, role=role, laboratory=laboratory, code=code)
    roles.sync_groups(user)


def browser_of(role: str) -> Client:
    """A browser in which the first of this role signed in with a second factor."""
    user = User.objects.filter(assignments__role=role).order_by("pk")[0]
    device = TOTPDevice.objects.get_or_create(user=user, name="totp", confirmed=True)[0]
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="accounts.backends.PasswordBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client
