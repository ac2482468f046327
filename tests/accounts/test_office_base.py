"""The base of the office's pages: counts with a cap, scope, changed columns, days."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import Role, TermsVersion, User
from accounts.office import OfficeSite
from inspections.models import Holiday
from septam import clock, jobs
from septam.models import AuditEvent, Throttle
from septam.office import base as admin_base
from septam.office import lists as office_lists
from septam.throttle import Limit, hit
from sites.models import Province
from tests.people import make_owner, make_staff, make_stranger, office_client

pytestmark = pytest.mark.django_db


class OwnNamesakes(admin_base.OfficeModelAdmin):
    """People, of whom a member of staff sees only those with a profile."""

    def visible_to_staff(self, queryset: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """The scope of this test."""
        return queryset.filter(profile__isnull=False)


@pytest.fixture
def request_of_staff() -> HttpRequest:
    """A request of a superuser, for whom only the scope decides."""
    request = RequestFactory().get("/")
    request.user = make_staff(Role.MANAGER)
    User.objects.filter(pk=request.user.pk).update(is_superuser=True)
    request.user = User.objects.get(pk=request.user.pk)
    return request


def test_what_only_the_database_refuses_comes_back_with_its_reason_and_what_was_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manager = office_client(make_staff(Role.MANAGER))
    holiday = {"day": "1405/01/01", "name": "نوروز"}
    path = reverse("admin:inspections_holiday_add")
    assert manager.post(path, holiday).status_code == 302
    # As with a second click: when the form looked, there was no such row yet.
    monkeypatch.setattr(Holiday, "validate_constraints", lambda self, exclude=None: None)
    answer = manager.post(path, holiday)
    assert answer.status_code == 200
    assert "این مورد پیش‌تر ثبت شده است" in answer.content.decode()
    assert "نوروز" in answer.content.decode()
    assert Holiday.objects.filter(name="نوروز").count() == 1


def test_a_list_counts_no_further_than_its_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    make_owner()
    make_stranger()
    monkeypatch.setattr(office_lists, "COUNT_CAP", 1)
    assert office_lists.CappedPaginator(User.objects.order_by("pk"), 10).count == 1


def test_a_search_counts_ten_pages_and_asks_for_no_rows_where_nothing_was_found(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    make_owner()
    make_stranger()
    monkeypatch.setattr(office_lists, "FOUND_CAP", 1)
    found = office_lists.FoundPaginator(User.objects.order_by("pk"), 10)
    assert found.count == 1
    assert found.is_capped
    with django_assert_num_queries(1):
        nothing = office_lists.FoundPaginator(
            User.objects.filter(username="nobody").order_by("pk"), 10
        )
        assert list(nothing.page(1).object_list) == []


def test_a_list_of_millions_of_rows_offers_no_column_to_sort_by(request_of_staff: HttpRequest) -> None:  # fmt: skip
    page = OwnNamesakes(User, OfficeSite())
    assert page.get_sortable_by(request_of_staff)
    page.grows = True
    assert page.get_sortable_by(request_of_staff) == ()


def _order(client: Client, model: Any, asked: str = "") -> Any:
    answer = client.get(f"/office/{model._meta.app_label}/{model._meta.model_name}/?o={asked}")
    return answer.context["cl"].queryset.query.order_by if answer.status_code == 200 else None


def test_an_address_that_asks_for_another_order_of_a_long_list_gets_its_own() -> None:
    client = office_client(make_staff(Role.MANAGER))
    long = [model for model, page in admin.site._registry.items() if page.grows]
    seen = {model: _order(client, model) for model in long}
    assert sum(order is not None for order in seen.values()) >= 5
    assert {model: _order(client, model, "-2.1.3.x.99") for model in long} == seen


def test_a_short_list_is_sorted_by_the_columns_that_it_offers() -> None:
    client = office_client(make_staff(Role.MANAGER))
    own, asked, unknown = (_order(client, Province, asked) for asked in ("", "-0", "99"))
    assert (asked[0], unknown) == ("-name", own)


def test_what_is_outside_the_scope_is_404(request_of_staff: HttpRequest) -> None:
    seen, unseen = make_owner(), make_owner("09350000000", with_profile=False)
    page = OwnNamesakes(User, OfficeSite())
    assert page.get_object(request_of_staff, str(seen.pk)) == seen
    assert page.get_object(request_of_staff, str(unseen.pk)) is None
    with pytest.raises(Http404):
        page.change_view(request_of_staff, str(unseen.pk))


def test_every_page_of_the_office_stands_on_the_base(client: Client) -> None:
    for model, page in admin.site._registry.items():
        assert isinstance(page, admin_base.OfficeModelAdmin), model
        assert not page.show_full_result_count
        assert page.show_facets == admin.ShowFacets.NEVER


def test_a_days_column_is_jalali_and_a_dash_where_there_is_none() -> None:
    column = admin_base.moment_column("first_signed_in_at", "نخستین ورود")
    assert column(User()) == "–"
    terms = TermsVersion(version=1, effective_from=clock.today())
    assert "<time" in admin_base.day_column("effective_from", "اجرا")(terms)


def test_jobs_forget_limits_and_sessions_that_are_over(client: Client) -> None:
    hit(Limit("past", 1, -1), "x")
    hit(Limit("live", 1, 60), "x")
    client.force_login(make_owner())
    Session.objects.update(expire_date=clock.now() - timedelta(days=1))
    jobs.run_now("accounts.purge_limits")
    jobs.run_now("accounts.purge_sessions")
    assert list(Throttle.objects.values_list("key", flat=True)) == ["live:x"]
    assert not Session.objects.exists()


def test_rows_are_deleted_one_by_one_and_the_audit_keeps_what_they_were() -> None:
    office = office_client(make_staff(Role.MANAGER))
    first = Holiday.objects.create(day=date(2026, 3, 21), name="نوروز")
    Holiday.objects.create(day=date(2026, 3, 22), name="نوروز")
    press = {
        "action": "delete_selected",
        "select_across": "1",
        "_selected_action": first.pk,
        "post": "yes",
    }
    office.post(reverse("admin:inspections_holiday_changelist"), press)
    assert Holiday.objects.count() == 2
    office.post(reverse("admin:inspections_holiday_delete", args=[first.pk]), {"post": "yes"})
    row = AuditEvent.objects.get(verb="office.delete").detail["row"]
    assert (row["day"], row["name"]) == ("2026-03-21", "نوروز")
