"""The office's list of closed accounts: who, since when and until when; never what was forgotten, and each look is noted."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.models import AccountClosing, Role, User
from accounts.privacy import closing
from septam import clock, jobs
from septam.models import AuditEvent
from tests.accounts.test_closing import MOBILE, later
from tests.inspections.journey import START
from tests.people import make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db
LIST = "/office/accounts/accountclosing/"


@pytest.fixture
def support() -> Client:
    """Support, with the second factor."""
    return office_client(make_staff(Role.SUPPORT))


@pytest.fixture
def owner() -> User:
    """محمد حسینی, who closed the account."""
    clock.move_to(START)
    owner = make_owner()
    closing.close(owner.pk)
    return owner


def page(client: Client, address: str) -> str:
    """What stands there."""
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_support_reads_who_closed_an_account_and_until_when_it_can_come_back(
    owner: User, support: Client
) -> None:
    text = page(support, LIST)
    assert owner.get_full_name() in text
    assert "۱۴۰۳/۰۲/" in text  # the last day to take it back
    assert "بسته، بازگرداندنی" in text
    event = AuditEvent.objects.filter(verb="office.list").latest("pk")
    assert owner.pk in event.owner_ids


def test_a_closed_account_is_found_by_its_mobile_which_is_shown_nowhere(
    owner: User, support: Client
) -> None:
    row = AccountClosing.objects.get()
    for typed in ("۰۹۱۲ ۱۲۳ ۴۵۶۷", owner.username, "حسيني"):
        assert f"{row.pk}/change/" in page(support, f"{LIST}?q={typed}")
    assert f"{row.pk}/change/" not in page(support, f"{LIST}?q=09129999999")
    shown = page(support, f"{LIST}{row.pk}/change/")
    assert MOBILE not in shown
    assert "۰۹۱۲۱۲۳۴۵۶۷" not in shown.replace(" ", "")


def test_after_its_end_the_list_says_what_went_and_shows_none_of_it(
    owner: User, support: Client
) -> None:
    name = owner.get_full_name()
    later(days=31)
    jobs.run_now("accounts.anonymise_closed")
    row = AccountClosing.objects.get()
    shown = page(support, f"{LIST}{row.pk}/change/")
    assert "مشخصات حذف شد" in shown
    assert "حذف شد: نام، شماره همراه" in shown
    assert escape(name) not in shown
    assert f"{row.pk}/change/" in page(support, f"{LIST}?state__exact=done")
    assert f"{row.pk}/change/" not in page(support, f"{LIST}?state__exact=waiting")


def test_an_account_that_was_given_back_stays_in_the_list_as_such(
    owner: User, support: Client
) -> None:
    closing.take_back(owner.pk, make_staff(Role.SUPPORT))
    assert "بازگردانده شد" in page(support, LIST)
    row = AccountClosing.objects.get()
    assert "هیچ چیز؛ حساب بازگردانده شد" in page(support, f"{LIST}{row.pk}/change/")


def test_nobody_changes_the_list(owner: User, support: Client) -> None:
    row = AccountClosing.objects.get()
    late = (clock.now() + timedelta(days=999)).isoformat()
    assert support.post(f"{LIST}{row.pk}/change/", {"due_at": late}).status_code == 403
    assert support.get(f"{LIST}add/").status_code == 403
    assert support.get(f"{LIST}{row.pk}/delete/").status_code == 403
