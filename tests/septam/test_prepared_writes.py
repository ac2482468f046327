"""Rows written by kept statements: the same as Django's own, planned once."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.forms import model_to_dict
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.models import User
from inspections import workflow
from inspections.models import RequestEvent, VisitRequest
from notifications.models import Notice, SmsMessage
from septam import clock
from septam.postgres.prepared_writes import MOST_AT_ONCE, Insert, Update
from tests.make import make_place
from tests.people import make_owner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=[True, False], ids=["kept by Postgres", "sent whole"])
def _both_ways(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.PREPARED_ON_SERVER = request.param


def notices_of(user: User, count: int, **fields: str) -> list[Notice]:
    now = clock.now()
    return [
        Notice(user=user, event="x", title=f"{number}٪ '؛ $1 %s", created_at=now - timedelta(number), **fields)
        for number in range(count)
    ]  # fmt: skip


def message(user: User, key: str) -> SmsMessage:
    return SmsMessage(
        event="x", mobile="09120000001", user=user, values={"نام": ["%", None, 1]}, text="متن",
        created_at=clock.now(), valid_until=clock.now(), once_key=key,
    )  # fmt: skip


def make_request() -> VisitRequest:
    owner = make_owner()
    return workflow.open_request(make_place(owner), owner)


@pytest.mark.parametrize("count", [0, 1, 3, MOST_AT_ONCE + 1])
def test_new_rows_are_those_that_django_would_write(count: int) -> None:
    owner = make_owner()
    mine, djangos = notices_of(owner, count), notices_of(owner, count)
    Insert(Notice)(mine)
    Notice.objects.bulk_create(djangos)
    for row, other in zip(mine, djangos, strict=True):
        kept, others = (Notice.objects.get(pk=one.pk) for one in (row, other))
        same = ("user", "event", "title", "body", "link", "read_at", "once_key")
        assert model_to_dict(kept, same) == model_to_dict(others, same)
        assert (kept.created_at, row._state.adding) == (row.created_at, False)


def test_json_none_and_a_conflict_go_as_in_django() -> None:
    owner, write = make_owner(), Insert(SmsMessage, ignore_conflicts=True)
    write([message(owner, "یک")])
    write([message(owner, "یک"), message(owner, "دو")])
    rows = SmsMessage.objects.filter(user=owner).order_by("pk")
    assert [(row.once_key, row.values, row.sent_at) for row in rows] == [
        ("یک", {"نام": ["%", None, 1]}, None),
        ("دو", {"نام": ["%", None, 1]}, None),
    ]


def test_what_the_database_refuses_is_djangos_error_and_writes_nothing() -> None:
    owner, write = make_owner(), Insert(Notice)
    write(notices_of(owner, 1, once_key="کلید"))
    with pytest.raises(IntegrityError), transaction.atomic():
        write(notices_of(owner, 2, once_key="کلید"))
    with pytest.raises(DatabaseError), transaction.atomic():
        write.one(Notice(user=owner, event="x" * 500, title="", created_at=clock.now()))
    assert Notice.objects.filter(user=owner).count() == 1


def test_an_update_writes_these_fields_and_no_other() -> None:
    request = make_request()
    loaded = VisitRequest.objects.get(pk=request.pk)
    loaded.reason, loaded.snapshot, loaded.search_key = "چرا", {"الف": "٪s"}, "نه"
    loaded.paid_at = clock.now()
    Update(VisitRequest)(loaded, "reason", "snapshot", "paid_at")
    kept = VisitRequest.objects.get(pk=request.pk)
    assert (kept.reason, kept.snapshot, kept.paid_at) == ("چرا", {"الف": "٪s"}, loaded.paid_at)
    assert kept.search_key == request.search_key


def test_a_row_that_is_gone_is_an_error_and_no_silence() -> None:
    request = make_request()
    RequestEvent.objects.filter(request=request).delete()
    VisitRequest.objects.filter(pk=request.pk).delete()
    with pytest.raises(DatabaseError):
        Update(VisitRequest)(request, "reason")


def test_a_statement_is_told_once_for_each_number_of_rows(settings: Settings) -> None:
    owner, write = make_owner(), Insert(Notice)
    with CaptureQueriesContext(connection) as seen:
        for count in (1, 2, 2, 1):
            write(notices_of(owner, count))
    if settings.PREPARED_ON_SERVER:
        calls = [one["sql"].partition(" (")[0] for one in seen]
        assert (calls[0], calls[1]) == (calls[3], calls[2])
        assert all(call.startswith("EXECUTE ") for call in calls)
    assert len(seen) == 4
