"""«اعلانات»."""

import pytest
from django.test import Client

from notifications import notices
from notifications.models import Notice
from tests.people import make_owner, make_stranger

pytestmark = pytest.mark.django_db


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def test_an_owner_reads_own_notices_and_nobody_elses() -> None:
    owner, stranger = make_owner(), make_stranger()
    notices.add(owner.pk, "payment.receipt", "پرداخت انجام شد", "مبلغ دریافت شد.", "/receipts/1/")
    assert "پرداخت انجام شد" in signed_in(owner).get("/notices/").content.decode()
    assert "پرداخت انجام شد" not in signed_in(stranger).get("/notices/").content.decode()


def test_notices_count_as_unread_until_their_page_was_shown() -> None:
    owner = make_owner()
    notices.add(owner.pk, "payment.receipt", "پرداخت انجام شد")
    client = signed_in(owner)
    assert "تازه" in client.get("/notices/").content.decode()
    assert "تازه" not in client.get("/notices/").content.decode()
    assert Notice.objects.filter(read_at=None).count() == 0


def test_without_notices_the_page_says_what_will_be_there() -> None:
    assert "هنوز اعلانی ندارید" in signed_in(make_owner()).get("/notices/").content.decode()
