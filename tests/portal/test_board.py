"""The office's first page: figures that are kept by the day, for each role its own, however many places there are."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from billing.models import OrderState
from inspections import workflow
from inspections.models import RequestStatus, VisitRequest
from portal.board import figures
from portal.board.models import DayFigures, Grain
from portal.models import FiguresKept
from septam import clock, heartbeat
from tests.access.world import make_world
from tests.make import make_city, make_laboratory, make_place, make_province
from tests.people import make_expert, make_staff, office_client

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")


def all_figures() -> list[dict[str, Any]]:
    """Everything that is kept, without the numbers of the rows."""
    rows = [
        {name: value for name, value in row.items() if name != "id"}
        for row in DayFigures.objects.values()
    ]
    return sorted(rows, key=str)


def test_kept_figures_are_what_happened_and_are_the_same_when_made_again() -> None:
    make_world()
    figures.keep()
    total = DayFigures.objects.filter(grain=Grain.TOTAL)
    sums = {
        name: sum(total.values_list(name, flat=True)) for name in ("paid", "visited", "conforming")
    }
    assert sums == {"paid": VisitRequest.objects.exclude(paid_at=None).count(), "visited": 1, "conforming": 1}  # fmt: skip
    assert sum(DayFigures.objects.filter(grain=Grain.ENDS).values_list("ending", flat=True)) == 0
    for grain in (Grain.DETAIL, Grain.PLACES, Grain.CATEGORY):
        assert sum(DayFigures.objects.filter(grain=grain).values_list("paid", flat=True)) == sums["paid"]  # fmt: skip
    before = all_figures()
    call_command("count_days", "1402/12/01", stdout=StringIO())
    figures.keep()
    assert all_figures() == before


def test_a_step_that_is_committed_after_midnight_is_counted_by_the_next_run() -> None:
    world = make_world()
    figures.keep()
    kept = FiguresKept.objects.get(pk=1).until
    world.scheduling.events.filter(verb="pay").update(at=kept - timedelta(minutes=20))
    DayFigures.objects.filter(grain=Grain.TOTAL).update(paid=0)
    clock.move_to(kept + timedelta(minutes=5))
    figures.keep()
    day = clock.in_tehran(kept).date()
    assert DayFigures.objects.get(grain=Grain.TOTAL, day=day).paid > 0


def test_ends_of_certificates_are_counted_as_they_come_nearer() -> None:
    world = make_world()
    last = world.certificate.validity.upper - timedelta(days=1)
    clock.move_to(clock.now() + timedelta(days=120))
    figures.keep()
    assert DayFigures.objects.get(grain=Grain.ENDS).day == last
    type(world.certificate).objects.update(state="revoked")
    figures.keep()
    assert not DayFigures.objects.filter(grain=Grain.ENDS).exists()


def test_each_role_sees_the_figures_of_its_own_work() -> None:
    world = make_world()
    figures.keep()
    heartbeat.beat("worker")
    other = make_laboratory("آزمایشگاه دیگر", make_city("تبریز", make_province("آذربایجان شرقی", "03", "041")))  # fmt: skip
    people = {
        "manager": make_staff(Role.MANAGER),
        "finance": make_staff(Role.FINANCE),
        "support": make_staff(Role.SUPPORT),
        "lab": make_staff(Role.LAB_MANAGER, world.journey.place.laboratory),
        "expert": world.journey.expert,
        "stranger": make_staff(Role.LAB_MANAGER, other),
    }
    shown = {}
    for name, person in people.items():
        answer = office_client(person).get(INDEX, {"first": "1402/12/01", "last": "1403/01/29"})
        shown[name] = {panel.key: panel for panel in answer.context["board_panels"]}
    keys = {name: " ".join(found) for name, found in shown.items()}
    assert keys == {
        "manager": "queue income visits results categories laboratories ends",
        "finance": "income",
        "support": "queue visits ends",
        "lab": "queue visits results categories ends",
        "expert": "queue own",
        "stranger": "queue visits results categories ends",
    }
    assert "۱۰۰٪ از ۱" in shown["lab"]["categories"].chart
    assert shown["stranger"]["categories"].rows == []
    assert shown["stranger"]["queue"].rows[0][-1] == "۰"
    assert shown["expert"]["queue"].rows[0][-1] != "۰"


def test_a_filter_narrows_to_a_province_and_bad_days_are_told_beside_the_field() -> None:
    world = make_world()
    figures.keep()
    client = office_client(make_staff(Role.MANAGER))
    city = world.journey.place.city
    assert city is not None
    elsewhere = make_province("گیلان", "01", "013")

    def visited(**query: Any) -> str:
        answer = client.get(INDEX, {"first": "1402/12/01"} | query)
        panels = {panel.key: panel for panel in answer.context["board_panels"]}
        return str(panels["visits"].told)

    assert "۱ بازدید" in visited(province=city.province_id)
    assert "۰ بازدید" in visited(province=elsewhere.pk)
    page = client.get(INDEX, {"first": "۱۴۰۳/۱۳/۰۱"}).content.decode()
    assert "۱۴۰۳/۱۳/۰۱" in page
    assert 'class="error' in page


def test_late_requests_stand_out_in_the_queue(settings: Any) -> None:
    settings.QUEUE_TARGET_DAYS = 4
    world = make_world()
    clock.move_to(clock.now() + timedelta(days=5))
    page = office_client(make_staff(Role.MANAGER)).get(INDEX)
    (queue,) = (panel for panel in page.context["board_panels"] if panel.key == "queue")
    assert world.scheduling.status == RequestStatus.SCHEDULING
    assert "chart-bad" in queue.chart
    # The two to be scheduled were paid five days ago: older than four, younger than nine.
    assert queue.rows[0][3] == "۲"


def test_the_number_of_queries_does_not_follow_the_number_of_rows() -> None:
    world = make_world()
    client = office_client(make_staff(Role.MANAGER))

    def queries() -> int:
        figures.keep()
        with CaptureQueriesContext(connection) as told:
            assert client.get(INDEX).status_code == 200
        return len(told)

    make_laboratory("آزمایشگاه دوم")
    queries()
    # The least of two: once a minute a look is noted in the session, and machines may be slow.
    before = min(queries(), queries())
    for number in range(5):
        city = make_city(f"شهر {number}", make_province(f"استان {number}", f"9{number}", "099"))
        place = make_place(world.owner, f"محل {number}", city=city)
        workflow.mark_paid([workflow.open_request(place, world.owner).pk], paid_at=clock.now())
        make_expert(make_laboratory(f"آزمایشگاه {number}", city))
    assert min(queries(), queries()) == before


def test_income_is_before_vat_and_what_went_back_stands_beside_it() -> None:
    world = make_world()
    case = world.paid_order.refund_cases.get()
    boss = make_staff(Role.MANAGER)
    case.state, case.approved_by, case.approved_at = "done", boss, clock.now()
    case.done_at, case.done_by, case.method, case.reference = clock.now(), boss, "transfer", "1"
    case.save()
    figures.keep()
    row = DayFigures.objects.filter(grain=Grain.TOTAL).exclude(base_rial=0).get()
    assert world.paid_order.state == OrderState.PAID
    assert (row.base_rial, row.vat_rial) == (world.paid_order.base_rial, world.paid_order.vat_rial)
    assert row.returned_rial == case.amount_rial
