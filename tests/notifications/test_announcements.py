"""Announcements: who reads which, from when to when, on pages that are kept too; and putting one away."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from notifications import announcements
from notifications.models import Announcement, PutAway
from septam import clock, editions, jalali
from septam.models import AuditEvent
from tests.people import make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db
TEXT = "پیامک‌ها امروز دیرتر می‌رسد."


def announce(audience: str = "everybody", text: str = TEXT, **days: int) -> Announcement:
    today = clock.today()
    return Announcement.objects.create(
        text=text, audience=audience, urgency="warning", first_day=today + timedelta(days=days.get("first", 0)),
        last_day=today + timedelta(days=days.get("last", 0)),
    )  # fmt: skip


def reads(client: Client, path: str = "/", text: str = TEXT) -> bool:
    return text in client.get(path).content.decode()


def owner_client() -> Client:
    client = Client()
    client.force_login(make_owner())
    return client


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("everybody", (True, True, True)),
        ("owners", (False, True, False)),
        ("staff", (False, False, True)),
    ],
)
def test_each_audience_reads_its_own(audience: str, expected: tuple[bool, ...]) -> None:
    announce(audience)
    office = office_client(make_staff(Role.SUPPORT))
    seen = (reads(Client()), reads(owner_client(), "/places/"), reads(office, "/office/"))
    assert seen == expected


def test_kept_pages_follow_at_once_when_one_begins_changes_ends_or_goes() -> None:
    visitor = Client()
    paths = ("/", "/guide/", "/check/")
    assert not any(reads(visitor, path) for path in paths)
    row = announce(last=1)
    assert all(reads(visitor, path) for path in paths)
    # As another process or a console would: nothing of this process is told.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notifications_announcement SET text = 'متن دیگر'")
    assert all(reads(visitor, path, "متن دیگر") for path in paths)
    clock.move_to(clock.now() + timedelta(days=2))
    assert not any(reads(visitor, path, "متن دیگر") for path in paths)
    later = announce(text="از فردا", first=1, last=1)
    assert not reads(visitor, "/", "از فردا")
    clock.move_to(clock.now() + timedelta(days=1))
    assert reads(visitor, "/", "از فردا")
    later.delete()
    assert not reads(visitor, "/", "از فردا")
    row.delete()


def test_without_a_database_pages_stand_with_what_was_announced_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    announce()
    assert reads(Client())

    def no_database(*_names: str) -> tuple[int, ...]:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(editions, "numbers", no_database)
    assert reads(Client())
    assert Client().get("/nothing-here/").status_code == 404
    announcements.forget()
    editions.forget()
    assert Client().get("/nothing-here/").status_code == 404


def test_who_is_signed_in_puts_it_away_and_a_visitor_cannot() -> None:
    row = announce()
    owner, visitor, path = (
        owner_client(),
        Client(),
        f"/announcements/{announce('staff').pk - 1}/put-away/",
    )
    assert row.pk == int(path.split("/")[2])
    assert "متوجه شدم" not in visitor.get("/").content.decode()
    assert visitor.post(path).status_code == 302
    assert PutAway.objects.count() == 0
    for _twice in range(2):
        assert owner.post(path, {"next": "/notices/"})["Location"] == "/notices/"
    assert owner.post(path, {"next": "https://elsewhere.example/"})["Location"] == "/"
    assert not reads(owner, "/places/")
    assert reads(visitor)
    assert owner.get(path).status_code == 405
    assert owner.post("/announcements/999999/put-away/").status_code == 302


def test_a_page_costs_no_statement_more_while_nothing_is_announced() -> None:
    owner = owner_client()
    owner.get("/places/")
    with CaptureQueriesContext(connection) as queries:
        owner.get("/places/")
    asked = [one["sql"] for one in queries.captured_queries if "announcement" in one["sql"]]
    # The edition came along with who is signed in.
    assert [sql for sql in asked if "notifications_announcement" in sql or "putaway" in sql] == []
    assert len(asked) <= 1


def test_a_manager_writes_one_in_the_office_which_is_audited() -> None:
    client = office_client(make_staff(Role.MANAGER))
    today = jalali.format_date(clock.today())
    sent = {
        "text": "سامانه  فردا ساعت ۸ باز است.", "audience": "owners", "urgency": "news", "first_day": today,
        "last_day": jalali.format_date(clock.today() - timedelta(days=1)),
    }  # fmt: skip
    path = "/office/notifications/announcement/add/"
    assert "last_day" in client.post(path, sent).context["adminform"].form.errors
    assert client.post(path, sent | {"last_day": today}).status_code == 302
    row = Announcement.objects.get()
    assert row.text == "سامانه فردا ساعت ۸ باز است."
    event = AuditEvent.objects.get(verb="office.add", object_type="notifications.announcement")
    assert event.object_id == str(row.pk)
    assert (
        "اکنون نمایش داده می‌شود"
        in client.get("/office/notifications/announcement/").content.decode()
    )
    assert office_client(make_staff(Role.SUPPORT)).get(path).status_code == 403


def test_deleting_one_lists_nobody_who_had_put_it_away() -> None:
    row = announce()
    PutAway.objects.create(announcement=row, user=make_owner())
    client = office_client(make_staff(Role.MANAGER))
    path = f"/office/notifications/announcement/{row.pk}/delete/"
    page = client.get(path).content.decode()
    assert TEXT in page
    assert "PutAway" not in page
    assert "کنار" not in page.split("<main")[-1]
    assert client.post(path, {"post": "yes"}).status_code == 302
    assert (Announcement.objects.count(), PutAway.objects.count()) == (0, 0)
