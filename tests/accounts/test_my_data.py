"""«داده‌های من»: the download holds all that is one's own, nothing of others, and no secret."""

import json
import re
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from inspections.certificates import pdf as certificate_pdf
from notifications import notices, outbox
from portal.support import threads
from septam import personal_data
from septam.models import AuditEvent
from tests.access.world import make_world
from tests.accounts.steps import secret_of, text_of
from tests.make import make_place
from tests.people import PASSWORD, make_owner, make_staff, make_stranger, office_client

pytestmark = pytest.mark.django_db
DATA = "/profile/data/"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def file_of(answer: Any) -> dict[str, str]:
    """The texts of the ZIP by their names; of a PDF its beginning."""
    archive = zipfile.ZipFile(BytesIO(answer.getvalue()))
    return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


def test_the_file_holds_what_is_kept_about_its_owner_in_every_table() -> None:
    world = make_world()
    certificate_pdf.make_missing()
    answer = browser(world.owner).post(DATA, {"own_password": PASSWORD})
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    found = file_of(answer)
    told = json.loads(found["data.json"])
    tables = {table.stem for keeper in personal_data.keepers() for table in keeper.tables}
    assert set(told) == tables
    filled = {"account", "profile", "places", "requests", "steps", "times", "reports", "report-items", "certificates",
              "complaints", "orders", "order-lines", "payments", "invoices", "refunds", "support", "support-messages",
              "notices", "sms"}  # fmt: skip
    assert {stem for stem in filled if not told[stem]} == set()
    assert told["profile"][0]["national_id"] == "0499370899"
    assert "0499370899" in found["csv/profile.csv"]
    assert 'dir="rtl"' in found["index.html"]
    assert "طلافروشی حسینی" in found["index.html"]
    assert found[f"papers/certificate-{world.certificate.number}.pdf"].startswith("%PDF")
    event = AuditEvent.objects.get(verb="account.download")
    assert (event.actor_id, event.owner_ids) == (world.owner.pk, [world.owner.pk])


def test_the_tables_speak_persian() -> None:
    """Words of Latin letters in them are names, numbers and addresses, and no words of ours."""
    found = file_of(browser(make_world().owner).post(DATA, {"own_password": PASSWORD}))
    tables = {name: text for name, text in found.items() if name.startswith("csv/")}
    ours = {
        (name, word)
        for name, text in tables.items()
        for word in re.findall(r"(?<![\w/.@+-])[a-z_]{3,}(?![\w/.@+-])", text)
    }
    assert ours == set()


def test_the_file_holds_nothing_of_others_and_no_secret() -> None:
    world, stranger = make_world(), make_stranger()
    make_place(stranger, "کبابی بیگانه")
    notices.add(stranger.pk, "x", "اعلان بیگانه")
    outbox.queue("recovery.password", str(stranger.mobile), user_id=stranger.pk)
    thread = threads.begin(threads.Draft(subject="other", text="سلام"), world.owner)
    threads.note(thread.pk, world.journey.manager, "یادداشت پنهان کارکنان")
    found = file_of(browser(world.owner).post(DATA, {"own_password": PASSWORD}))
    foreign = {"کبابی بیگانه", "اعلان بیگانه", "کریمی", str(stranger.mobile), "یادداشت پنهان"}
    secrets = {world.owner.password, "argon2", world.waiting.token}
    everything = "\n".join(found.values())
    assert {word for word in foreign | secrets if word in everything} == set()
    # An SMS told the owner who comes; no other table names staff.
    told = {"csv/sms.csv", "csv/notices.csv", "data.json", "index.html"}
    tables = "\n".join(text for name, text in found.items() if name not in told)
    staff = User.objects.filter(is_staff=True).values_list("username", "last_name")
    assert {name for names in staff for name in names if name and name in tables} == set()


def test_a_title_that_is_a_formula_is_none_in_the_table() -> None:
    owner = make_owner()
    make_place(owner, "=1+1")
    found = file_of(browser(owner).post(DATA, {"own_password": PASSWORD}))
    assert "'=1+1" in found["csv/places.csv"]
    assert json.loads(found["data.json"])["places"][0]["title"] == "=1+1"


def test_a_wrong_password_gives_no_file_and_is_said_beside_its_field() -> None:
    answer = browser(make_owner()).post(DATA, {"own_password": "87654321"})
    assert answer["Content-Type"].startswith("text/html")
    assert "این رمز شما نیست" in text_of(answer)
    assert not AuditEvent.objects.filter(verb="account.download").exists()


def test_whoever_came_by_a_code_is_asked_for_no_password() -> None:
    owner, client = make_owner(), Client()
    client.post("/sign-in/code/", {"account": owner.mobile})
    client.post("/sign-in/code/enter/", {"code": secret_of("login.code")})
    assert "own_password" not in client.get(DATA).content.decode()
    assert file_of(client.post(DATA, {}))


def test_the_sixth_file_of_a_day_is_refused_with_the_time_to_wait() -> None:
    client = browser(make_owner())
    for _number in range(5):
        assert file_of(client.post(DATA, {"own_password": PASSWORD}))
    assert "ساعت دیگر دوباره تلاش کنید" in text_of(client.post(DATA, {"own_password": PASSWORD}))


def test_staff_have_no_such_page() -> None:
    assert office_client(make_staff(Role.SUPPORT)).get(DATA).status_code == 404
