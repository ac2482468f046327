"""Every form of the portal and the office, sent with each other field of every model beside its own: none of them counts."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client

from accounts.models import Profile, StaffAssignment, TermsVersion, User
from septam import clock
from tests.access.world import World, make_world
from tests.accounts.steps import register
from tests.architecture.source import APPS
from tests.security.every_address import Target, forms_of, targets

pytestmark = pytest.mark.django_db

TEXT, NUMBER = "massassigned", "777777"
_TIMES = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?(\+\d\d)?")
# What a form of its own kind writes anew each time it is sent, whatever it is sent with.
_ANEW = (
    "django_session",
    "septam_throttle",
    "septam_auditevent",
    "septam_heartbeat",
    "captcha_captchastore",
)


def of_all_models() -> dict[str, str]:
    """A value for each field of each model of ours, by both of its names."""
    found: dict[str, str] = {}
    for app in APPS:
        label = "septam_sites" if app == "sites" else app
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                value = _value(field)
                found[field.name] = found[field.attname] = value
    return found


def _value(field: models.Field) -> str:  # type: ignore[type-arg]
    if field.choices:
        return str(list(field.flatchoices)[-1][0])
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.CharField | models.TextField):
        return TEXT
    return "2099-01-01" if isinstance(field, models.DateField) else NUMBER


def kept() -> set[str]:
    """Each row of each table as a line, without moments."""
    with connection.cursor() as cursor:
        tables = [one for one in connection.introspection.table_names(cursor) if one not in _ANEW]
        parts = (f"SELECT '{name} ' || t::text FROM {connection.ops.quote_name(name)} t" for name in tables)  # fmt: skip
        cursor.execute(" UNION ALL ".join(parts))
        return {_TIMES.sub("", line) for (line,) in cursor.fetchall()}


def after(target: Target, data: dict[str, list[str] | str]) -> tuple[int, set[str]]:
    """The status of a form that was sent, and what the tables hold then; it is undone."""
    client, key = target.client, target.client.cookies["sessionid"].value
    undone = transaction.atomic()
    undone._from_testcase = True
    with undone:
        # Not in parts, of which Django reads two hundred far more slowly.
        body = urlencode(data, doseq=True)
        status = client.post(target.path, body, "application/x-www-form-urlencoded").status_code
        found = kept()
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies["sessionid"] = key
    return status, found


def forms(world: World) -> Iterator[tuple[Target, dict[str, list[str]], set[str]]]:
    """Each form that a page sends to itself, as it is drawn for a person who is known, and the names that all of them have."""
    for target in targets(world):
        if target.person != "anonymous" and "sign_out" not in target.name:
            page = target.client.get(target.path)
            drawn = list(forms_of(b"" if page.streaming else page.content, target.path))
            names = {name for form in drawn for name in form}
            for form in drawn:
                yield target, form, names


def test_no_form_takes_a_field_that_is_not_on_it(world: World) -> None:
    extra, taken, led_on = of_all_models(), [], 0
    before = kept()
    for target, form, names in forms(world):
        more = {name: value for name, value in extra.items() if name not in names}
        plain_status, plain = after(target, {**form})
        status, found = after(target, {**more, **form})
        led_on += status == 302
        planted = [line for line in found - plain if TEXT in line or NUMBER in line]
        # Rows that were there before: they are as the form alone would have left them.
        otherwise = (before & plain) - found
        if status != plain_status or planted or otherwise:
            taken.append(
                f"{target.name}: {plain_status}/{status} {planted[:2]} {sorted(otherwise)[:2]}"
            )
    assert taken == []
    assert led_on > 20


@pytest.fixture
def world() -> World:
    """One of everything."""
    return make_world()


def test_who_registers_becomes_an_owner_whatever_is_sent_besides() -> None:
    TermsVersion.objects.create(version=1, text="# قوانین", effective_from=clock.today())
    client = Client()
    extra = of_all_models() | {
        "is_staff": "on",
        "is_superuser": "on",
        "role": "manager",
        "groups": "1",
    }
    page = client.get("/register/")
    assert page.status_code == 200
    wanted = {"first_name", "last_name", "mobile", "terms", "client"}
    register(client, **{name: value for name, value in extra.items() if name not in wanted})
    made = User.objects.get(mobile="09121234567")
    assert (made.is_staff, made.is_superuser, made.is_active) == (False, False, True)
    assert made.first_signed_in_at is None
    assert not made.groups.exists()
    assert not made.user_permissions.exists()
    assert not StaffAssignment.objects.exists()
    assert not Profile.objects.filter(user=made, national_id=TEXT).exists()
