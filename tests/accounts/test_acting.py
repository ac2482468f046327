"""«به نیابت از متقاضی»: support fills in a place for an owner, and nothing that binds the owner."""

import pytest
from django.test import Client

from accounts.acting import SECONDS
from accounts.models import Role, User
from inspections import workflow
from inspections.models import VisitRequest
from notifications.models import Notice
from septam.models import AuditEvent
from sites.models import Place
from sites.place import PlaceState
from tests.accounts.steps import page, text_of
from tests.make import make_place
from tests.people import make_owner, make_staff, make_stranger, office_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    """An owner on the phone."""
    return make_owner()


def acting_for(owner: User) -> tuple[Client, str]:
    """Support's browser after the check and the reason, and the address of what it may do."""
    client = office_client(make_staff(Role.SUPPORT))
    answers = {"check": "1", "national_id_end": "0899", "last_name": "حسینی"}
    client.post(f"/office/accounts/user/{owner.pk}/help/", answers)
    address = f"/office/accounts/user/{owner.pk}/act/"
    client.post(address, {"begin": "1", "reason": "تلفن هوشمند ندارد"})
    return client, address


def test_a_place_is_saved_as_the_owners_draft_whatever_is_sent(owner: User) -> None:
    client, address = acting_for(owner)
    sent = {"title": "نانوایی سنگک", "postal_code": "۱۴۱۶۹۳۲۷۹۰", "complete": "on", "note": "دیدم"}
    assert client.post(f"{address}place/", sent)["Location"] == address
    place = Place.objects.get(owner=owner)
    assert (place.state, place.postal_code, place.note) == (PlaceState.DRAFT, "1416932790", "")
    assert not VisitRequest.objects.exists()
    notice = Notice.objects.get(user=owner, event="place.by_support")
    assert "تلفن هوشمند ندارد" in notice.body
    event = AuditEvent.objects.get(verb="place.by_support")
    assert event.owner_ids == [owner.pk]
    assert event.actor_id != owner.pk
    own = Client()
    own.force_login(owner)
    assert "پر کردن به نیابت از متقاضی" in text_of(own.get("/profile/looks/"))


def test_a_place_in_the_cart_is_not_left_incomplete_and_support_reads_why(owner: User) -> None:
    place = make_place(owner)
    workflow.open_request(place, owner)
    client, address = acting_for(owner)
    answer = client.post(f"{address}place/{place.pk}/", {"title": "نانوایی سنگک"})
    assert answer.status_code == 200
    assert "تا پایان آن تیک تکمیل اطلاعات باید بماند" in text_of(answer)


def test_each_page_says_for_whom_and_shows_no_private_note(owner: User) -> None:
    place = make_place(owner, note="رمز گاوصندوق زیر میز است")
    client, address = acting_for(owner)
    for shown in (client.get(address), client.get(f"{address}place/{place.pk}/")):
        assert "به نیابت از محمد حسینی" in shown.content.decode()
        assert "گاوصندوق" not in shown.content.decode()
        assert not page(shown).xpath("//*[@name='complete' or @name='note']")
    version = page(client.get(f"{address}place/{place.pk}/")).xpath("//*[@name='version']/@value")[
        0
    ]
    client.post(f"{address}place/{place.pk}/", {"title": "نانوایی", "postal_code": "1416932790", "version": version})  # fmt: skip
    place.refresh_from_db()
    assert (place.title, place.note) == ("نانوایی", "رمز گاوصندوق زیر میز است")


def test_without_check_reason_or_time_nothing_opens(owner: User) -> None:
    unchecked = office_client(make_staff(Role.SUPPORT))
    address = f"/office/accounts/user/{owner.pk}/act/"
    assert unchecked.get(address)["Location"].endswith("/help/")
    assert unchecked.get(f"{address}place/")["Location"] == address
    client, _address = acting_for(owner)
    session = client.session
    session["acting_for"] = {**session["acting_for"], "until": session["acting_for"]["until"] - SECONDS}  # fmt: skip
    session.save()
    client.post(f"{address}place/", {"title": "دیر"})
    assert not Place.objects.exists()


def test_a_place_of_another_or_a_frozen_one_stays_out_of_reach(owner: User) -> None:
    client, address = acting_for(owner)
    others = make_place(make_stranger())
    assert client.get(f"{address}place/{others.pk}/").status_code == 404
    frozen = make_place(owner, "طلافروشی", frozen=True)
    client.post(f"{address}place/{frozen.pk}/", {"title": "دیگر"})
    frozen.refresh_from_db()
    assert frozen.title == "طلافروشی"
