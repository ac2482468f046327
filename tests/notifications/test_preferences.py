"""«تنظیم پیامک‌ها»: optional SMS can be switched off, essential ones never."""

import pytest
from django.test import Client

from notifications import outbox, preferences
from notifications.events import event_of
from notifications.models import SmsMessage
from notifications.texts import events
from tests.people import make_owner, make_stranger

pytestmark = pytest.mark.django_db
PLACE = {"place": "طلافروشی حسینی"}


def test_the_page_ticks_the_optional_ones_and_names_the_essential_ones() -> None:
    client = Client()
    client.force_login(make_owner())
    page = client.get("/notices/sms/").content.decode()
    assert page.count('type="checkbox"') == len(preferences.optional_texts())
    assert page.count(" checked") == len(preferences.optional_texts())
    assert "دو روز پیش از خارج شدن محل از سبد خرید" in page
    assert "پس از پرداخت هزینه یک محل" in page
    assert "به جانشین یا نماینده مستقر" not in page, "that goes to others"


def test_every_essential_sms_of_owners_stands_under_a_heading() -> None:
    named = [moment for _heading, moments in preferences.essential_moments() for moment in moments]
    essential = {text.event for text in events() if text.essential}
    assert len(named) == len({e for e in essential if event_of(e).to == "owner"})


def test_a_choice_is_kept_for_its_owner_alone() -> None:
    owner, stranger = make_owner(), make_stranger()
    client = Client()
    client.force_login(owner)
    page = client.post("/notices/sms/", {"queue_started": "on"}, follow=True).content.decode()
    assert "تنظیم پیامک‌ها ذخیره شد" in page
    assert page.count(" checked") == 1
    assert preferences.wants(owner.pk, "queue.started")
    assert not preferences.wants(owner.pk, "cart.lapsing")
    assert preferences.wants(stranger.pk, "cart.lapsing")
    client.post("/notices/sms/", {"cart_lapsing": "on"})
    assert preferences.wants(owner.pk, "cart.lapsing")
    assert not preferences.wants(owner.pk, "queue.started")


def test_an_unwanted_sms_is_not_queued_and_an_essential_one_always_is() -> None:
    owner = make_owner()
    preferences.choose(owner.pk, [])
    to = str(owner.mobile)
    assert outbox.queue("cart.lapsing", to, PLACE, user_id=owner.pk) is None
    assert outbox.queue("call.no_answer", to, PLACE, user_id=owner.pk) is not None
    assert list(SmsMessage.objects.values_list("event", flat=True)) == ["call.no_answer"]


def test_an_essential_sms_cannot_be_switched_off_by_a_forged_form() -> None:
    owner = make_owner()
    preferences.UnwantedSms.objects.create(user=owner, event="login.code")
    assert preferences.wants(owner.pk, "login.code")
