"""Prepared queries: the same rows as Django's own, with the SQL made once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.models import User
from notifications.models import Notice
from septam import clock
from septam.postgres.prepared import Prepared, Statement
from sites.models import City, Place
from tests.make import make_place
from tests.people import make_owner, make_stranger

pytestmark = pytest.mark.django_db


def places_of(owner_id: int) -> QuerySet[Place]:
    return (
        Place.objects.filter(owner_id=owner_id)
        .select_related("category", "city__province")
        .order_by("-id")
    )


def test_rows_relations_and_values_are_those_of_the_queryset() -> None:
    owner, stranger = make_owner(), make_stranger()
    for title in ("یک", "دو"):
        make_place(owner, title, area="12.5")
    make_place(stranger, "سه", category=None)
    query = Prepared(places_of)
    for someone in (owner, stranger, owner):
        found = query(someone.pk)
        assert found == list(places_of(someone.pk))
        for mine, djangos in zip(found, places_of(someone.pk), strict=True):
            assert {k: v for k, v in vars(mine).items() if k != "_state"} == {
                k: v for k, v in vars(djangos).items() if k != "_state"
            }
            assert mine.city is not None
            assert mine.city.label == (djangos.city and djangos.city.label)
    assert query(0) == []


def test_it_is_one_statement_with_all_relations(django_assert_num_queries: Any) -> None:
    owner = make_owner()
    make_place(owner)
    query = Prepared(places_of)
    with django_assert_num_queries(1):
        place = query.first(owner.pk)
        assert place is not None
        assert place.city is not None
        assert place.city.province.name


def test_what_was_found_can_be_saved_and_refreshed() -> None:
    place = Prepared(places_of).first(make_place(make_owner()).owner_id)
    assert place is not None
    place.title = "عنوان تازه"
    place.save(update_fields=["title"])
    place.refresh_from_db()
    assert place.title == "عنوان تازه"


def test_annotations_json_and_moments_come_as_django_gives_them() -> None:
    owner = make_owner()
    now = clock.now()
    for days in (1, 3):
        Notice.objects.create(
            user=owner, event="x", title=str(days), created_at=now - timedelta(days)
        )
    since = Prepared(lambda user_id, moment: Notice.objects.filter(user_id=user_id, created_at__gte=moment))  # fmt: skip
    assert [n.title for n in since(owner.pk, now - timedelta(2))] == ["1"]
    counted = Prepared(lambda user_id: User.objects.filter(pk=user_id).annotate(n=Count("notices")))
    found = counted.first(owner.pk)
    assert found is not None
    assert found.n == 2


def test_a_list_of_ids_may_have_any_length() -> None:
    owner = make_owner()
    ids = [make_place(owner, f"محل {number}").pk for number in range(4)]
    query = Prepared(
        lambda keys, owner_id: Place.objects.filter(pk__in=keys, owner_id=owner_id).order_by("pk")
    )
    for wanted in (ids, ids[:1], ids[1:3], []):
        assert [place.pk for place in query(wanted, owner.pk)] == wanted


def test_what_was_typed_is_a_value_and_never_a_part_of_the_statement() -> None:
    make_place(make_owner())
    query = Prepared(lambda name: City.objects.filter(name=name))
    for typed in ("' OR 1=1 --", "%s", "%", "\\", "تهران"):
        assert query(typed) == list(City.objects.filter(name=typed))


@pytest.mark.parametrize(
    "build",
    [
        lambda text: City.objects.filter(name__contains=text),
        lambda text: City.objects.all(),
        lambda text: City.objects.filter(name=f"{text}!"),
    ],
)
def test_a_value_that_does_not_stand_in_the_conditions_as_it_is_is_an_error(build: Any) -> None:
    with pytest.raises(TypeError):
        Prepared(build)("تهران")


def test_the_statement_is_made_once_and_says_what_djangos_says(settings: Settings) -> None:
    settings.PREPARED_ON_SERVER = False
    owner = make_owner()
    made = []

    def build(owner_id: int) -> QuerySet[Place]:
        made.append(owner_id)
        return places_of(owner_id)

    query = Prepared(build)
    query(owner.pk)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        query(owner.pk)
        list(places_of(owner.pk))
    assert len(made) == 1
    assert seen[0]["sql"] == seen[1]["sql"]


def known_to_postgres() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return {row[0] for row in cursor.fetchall()}


def test_postgres_is_told_the_statement_once_and_asked_by_its_name() -> None:
    owner = make_owner()
    make_place(owner)
    query = Prepared(lambda owner_id: Place.objects.filter(owner_id=owner_id, women_only=False))
    before = known_to_postgres()
    with CaptureQueriesContext(connection) as seen:
        assert [len(query(owner.pk)) for _time in range(3)] == [1, 1, 1]
    assert [one["sql"].startswith("EXECUTE") for one in seen] == [True] * 3
    (statement,) = known_to_postgres() - before
    assert "$1" in statement
    assert "$2" not in statement  # what never changes stays in the text, for partial indexes


def test_a_new_connection_is_told_anew() -> None:
    # As after a server's restart: what the old connection knew is gone with it.
    query, owner = Prepared(places_of), make_owner()
    query(owner.pk)
    wrapper = connections["default"]
    of, _known = wrapper.__dict__["_prepared_statements"]
    wrapper.__dict__["_prepared_statements"] = (object(), {})
    assert of is connection.connection
    assert query(owner.pk) == []


def test_what_postgres_was_told_outlives_a_transaction_that_is_rolled_back() -> None:
    query, owner = (
        Prepared(lambda owner_id: Place.objects.filter(owner_id=owner_id, frozen=False)),
        make_owner(),
    )
    with transaction.atomic():
        query(owner.pk)
        transaction.set_rollback(True)
    assert query(owner.pk) == []


def test_it_reads_inside_the_callers_transaction() -> None:
    owner = make_owner()
    query = Prepared(places_of)
    with transaction.atomic():
        make_place(owner, "در همین تراکنش")
        assert [place.title for place in query(owner.pk)] == ["در همین تراکنش"]


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection() -> None:
    owner = make_owner()
    make_place(owner)
    query = Prepared(places_of)
    query(owner.pk)  # made on this thread's connection
    found: list[int] = []

    def ask() -> None:
        try:
            found.extend(len(query(owner.pk)) for _time in range(10))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _number in range(4)]
    with transaction.atomic():
        Place.objects.all().delete()  # seen by this thread's connection alone
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        transaction.set_rollback(True)
    assert found == [1] * 40


def test_a_statement_by_hand_gives_the_same_with_and_without_postgres_keeping_it(
    settings: Settings,
) -> None:
    statement = Statement("SELECT $2::text || '%', cardinality($1), $2 IS NULL", "bigint[]", "text")
    for on_server in (True, False):
        settings.PREPARED_ON_SERVER = on_server
        assert statement.rows([3, 4], "پنج") == [("پنج%", 2, False)]
        assert statement.rows([], "' --") == [("' --%", 0, False)]
