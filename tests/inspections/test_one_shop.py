"""A re-visit, which is paid less and asks less, is of the shop and the holder that were visited, and of no others."""

from datetime import timedelta

import pytest

from accounts.models import Profile, Role
from inspections import kinds, workflow
from inspections.models import RequestKind, VisitRequest
from inspections.reports import summary, writing
from septam import clock
from sites import snapshots
from sites.models import Place
from tests.accounts.steps import page
from tests.inspections.journey import Journey, at_status
from tests.inspections.test_corrections import OTHER_HOLDER, corrected
from tests.people import make_staff, office_client

pytestmark = pytest.mark.usefixtures("at_start")


def test_another_shop_in_the_place_of_what_was_visited_is_no_revisit_and_is_asked_everything() -> (
    None
):
    """Else one failed item is all that anybody ever looks at there."""
    journey = at_status("nonconforming")
    place = Place.objects.get(pk=journey.place.pk)
    assert kinds.next_for(place).kind == RequestKind.REVISIT
    place.title, place.sign_name, place.postal_code = "انبار بزرگ", "انبار", "1416966666"
    place.save(update_fields=["title", "sign_name", "postal_code"])
    assert kinds.next_for(place).kind == RequestKind.FIRST
    again = VisitRequest(
        kind=RequestKind.REVISIT, previous=journey.fresh(), criteria_set=journey.fresh().criteria_set,
        snapshot=snapshots.of(place), owner=journey.owner,
    )  # fmt: skip
    everything = writing.asked_of(journey.fresh(), again.snapshot["level"])
    assert writing.asked_of(again, again.snapshot["level"]).items == everything.items


def test_another_holder_takes_a_whole_visit_although_he_is_written_into_the_account_alone() -> None:
    journey = at_status("nonconforming")
    profile = Profile.objects.get(user=journey.owner)
    profile.name, profile.national_id = "شرکت بیگانه", "0499370899"
    profile.save(update_fields=["name", "national_id"])
    assert kinds.next_for(Place.objects.get(pk=journey.place.pk)).kind == RequestKind.FIRST


def revisit_after_defects() -> Journey:
    journey = at_status("nonconforming")
    clock.move_to(clock.now() + timedelta(days=1))
    journey.request = workflow.open_request(Place.objects.get(pk=journey.place.pk), journey.owner)
    assert journey.request.kind == RequestKind.REVISIT
    journey.pay()
    return journey


def test_a_re_visit_stays_of_the_shop_that_was_visited_although_its_hour_has_not_come() -> None:
    journey = revisit_after_defects()
    with pytest.raises(workflow.NotAllowed, match="صاحب پروانه و کد پستی"):
        corrected(journey, postal_code="1995744511", **OTHER_HOLDER)
    corrected(journey, representative_phone="09121110009")
    client = office_client(make_staff(Role.SUPPORT, username="other"))
    address = f"/office/inspections/visitrequest/{journey.request.pk}/correct/"
    assert "بازدید مجدد یا بازدید رایگان" in page(client.get(address)).text_content()


def test_what_an_owner_and_support_change_between_two_visits_adds_up_and_is_read() -> None:
    journey = at_status("nonconforming")
    Place.objects.filter(pk=journey.place.pk).update(title="زرین", sign_name="زرین نو")
    clock.move_to(clock.now() + timedelta(days=1))
    journey.request = workflow.open_request(Place.objects.get(pk=journey.place.pk), journey.owner)
    assert journey.request.kind == RequestKind.REVISIT
    journey.pay()
    with pytest.raises(workflow.NotAllowed, match="صاحب پروانه"):
        corrected(journey, title="زرین", **OTHER_HOLDER)
    told = summary.changed_since_first(journey.fresh())
    assert any("«عنوان محل» از" in sentence and "زرین" in sentence for sentence in told)


def test_one_digit_of_the_postal_code_makes_it_another_place_unless_support_corrected_it() -> None:
    journey = at_status("nonconforming")
    other = Place.objects.get(pk=journey.place.pk)
    other.postal_code = "1476932790"
    assert kinds.next_for(other).kind == RequestKind.FIRST
    told = journey.fresh().snapshot | {"postal_code": other.postal_code}
    VisitRequest.objects.filter(pk=journey.request.pk).update(snapshot=told)
    assert kinds.next_for(other).kind == RequestKind.REVISIT
