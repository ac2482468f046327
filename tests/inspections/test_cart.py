"""From the wish to the paid request: opening, paying, late money, and what each leaves behind."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from inspections import kinds, numbers, workflow
from inspections.models import RequestKind, VisitRequest
from notifications.models import Notice, SmsMessage
from septam import clock
from sites.models import Place
from sites.place import PlaceState
from tests.inspections.journey import Journey, at_status
from tests.make import make_place
from tests.people import make_owner, make_stranger

pytestmark = pytest.mark.usefixtures("at_start")


def test_opening_keeps_the_criteria_that_were_accepted_and_when() -> None:
    request = Journey().request
    assert request.criteria_set.version == 1
    assert request.criteria_accepted_at == request.created_at
    assert request.paid_at is None


def test_a_place_has_one_live_request() -> None:
    journey = Journey()
    with pytest.raises(workflow.AlreadyOpen):
        workflow.open_request(journey.place, journey.owner)
    assert journey.place.requests.count() == 1


def test_the_database_itself_refuses_a_second_live_request() -> None:
    first = Journey().request
    twin = VisitRequest.objects.get(pk=first.pk)
    twin.pk, twin.number = None, "140301250001"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_an_incomplete_place_cannot_be_requested() -> None:
    place = make_place(make_owner(), state=PlaceState.DRAFT)
    with pytest.raises(workflow.NotAllowed):
        workflow.open_request(place, place.owner)


def test_anothers_place_is_not_found() -> None:
    place = make_place(make_owner())
    with pytest.raises(Place.DoesNotExist):
        workflow.open_request(place, make_stranger())


def test_paying_takes_a_snapshot_with_the_holder_and_freezes_the_place() -> None:
    journey = Journey()
    request = journey.pay()
    journey.place.refresh_from_db()
    assert journey.place.frozen
    assert request.snapshot["title"] == "طلافروشی حسینی"
    assert request.snapshot["holder_name"] == "محمد حسینی"
    assert request.snapshot["holder_national_id"] == "0499370899"
    assert request.paid_at == request.status_changed_at or request.paid_at is not None


def test_paying_tells_the_owner_to_await_the_call() -> None:
    journey = Journey()
    journey.pay()
    notice = Notice.objects.get(user=journey.owner)
    assert notice.title == "منتظر تماس کارشناسان باشید"
    sms = SmsMessage.objects.get(event="queue.started")
    assert sms.mobile == journey.owner.mobile
    assert "کارشناس آزمایشگاه آتن" in sms.text


def test_the_holder_named_on_the_place_goes_before_the_accounts_own() -> None:
    journey = Journey()
    Place.objects.filter(pk=journey.place.pk).update(
        holder_name="رضا نوری", holder_national_id="0013542419"
    )
    assert journey.pay().snapshot["holder_name"] == "رضا نوری"


def test_money_that_comes_after_the_cart_lapsed_reinstates_the_request() -> None:
    journey = Journey()
    workflow.take_out_of_cart(journey.request.pk, None, "lapsed")
    assert journey.fresh().reason == "lapsed"
    assert journey.pay().status == "scheduling"


def test_late_money_finds_no_place_where_another_request_lives_and_changes_nothing() -> None:
    journey = Journey()
    workflow.take_out_of_cart(journey.request.pk, journey.owner, "removed")
    other = workflow.open_request(journey.place, journey.owner)
    with pytest.raises(workflow.CannotPlace) as refusal:
        workflow.mark_paid([journey.request.pk, other.pk], paid_at=clock.now())
    assert refusal.value.request_ids == (journey.request.pk,)
    other.refresh_from_db()
    assert other.status == "in_cart"
    assert journey.status == "cancelled"


def test_a_request_is_paid_once_only() -> None:
    journey = Journey()
    journey.pay()
    with pytest.raises(workflow.CannotPlace):
        journey.pay()
    assert SmsMessage.objects.filter(event="queue.started").count() == 1


def test_money_for_a_cancelled_request_that_was_paid_before_is_not_placed() -> None:
    journey = at_status("cancelled")
    with pytest.raises(workflow.CannotPlace):
        journey.pay()


def test_several_requests_are_paid_together() -> None:
    journey = Journey()
    second = workflow.open_request(make_place(journey.owner, "شعبه دوم"), journey.owner)
    paid = workflow.mark_paid([second.pk, journey.request.pk], paid_at=clock.now())
    assert {r.status for r in paid} == {"scheduling"}


def test_a_cancelled_request_tells_the_refunds_who_ended_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from inspections.workflow import endings

    heard: list[tuple[int, int, str]] = []
    monkeypatch.setattr(
        endings, "_listeners", [lambda r, actor: heard.append((r.pk, actor.pk, r.reason))]
    )
    journey = Journey()
    journey.pay()
    workflow.withdraw(journey.request.pk, journey.owner)
    assert heard == [(journey.request.pk, journey.owner.pk, "withdrawn")]


@pytest.mark.parametrize(
    ("status", "kind"),
    [("cancelled", "first"), ("no_show", "repeat"), ("nonconforming", "revisit")],
)
def test_what_came_before_decides_the_kind_of_the_next_request(status: str, kind: str) -> None:
    journey = at_status(status)
    request = workflow.open_request(journey.place, journey.owner)
    assert request.kind == kind
    assert (request.previous_id == journey.request.pk) == (kind != "first")


def test_after_the_window_a_re_visit_is_a_first_visit_again() -> None:
    journey = at_status("nonconforming")
    clock.move_to(clock.now() + timedelta(days=31))
    assert kinds.next_for(journey.place).kind == RequestKind.FIRST


def test_a_fresh_certificate_can_be_renewed_only_within_sixty_days_of_its_end() -> None:
    journey = at_status("certified")
    with pytest.raises(workflow.NotAllowed, match="تمدید آن از"):
        workflow.open_request(journey.place, journey.owner)
    last_day = journey.request.certificate.validity.upper - timedelta(days=1)
    clock.move_to(clock.now() + (last_day - clock.today()) - timedelta(days=60))
    assert workflow.open_request(journey.place, journey.owner).kind == RequestKind.RENEWAL


def test_tracking_numbers_begin_with_the_jalali_day_and_end_with_a_check_digit() -> None:
    number = Journey().request.number
    assert number.startswith("030125")
    assert len(number) == 12
    assert numbers.is_valid(number)


@pytest.mark.parametrize("place", range(11))
def test_a_wrong_digit_in_a_number_is_noticed(place: int) -> None:
    number = "03012501001"
    number += numbers.check_digit(number)
    wrong = number[:place] + str((int(number[place]) + 3) % 10) + number[place + 1 :]
    assert numbers.is_valid(number)
    assert not numbers.is_valid(wrong)
