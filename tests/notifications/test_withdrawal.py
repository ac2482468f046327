"""Messages that a change takes back, and those that lost their use before they left."""

from datetime import timedelta

import pytest
from django.db import transaction

from notifications import outbox, sending
from notifications.models import SmsMessage, SmsState
from septam import clock
from tests.notifications.test_outbox import MOBILE
from tests.simulated import Phone

pytestmark = pytest.mark.django_db
VISIT = {"time": "ساعت ۱۰ صبح", "place": "طلافروشی حسینی", "expert": "محمدی", "ecode": "10234"}


def remind(key: str = "visit.tomorrow:7", about: str = "request:7") -> SmsMessage | None:
    return outbox.queue("visit.tomorrow", MOBILE, VISIT, once_key=key, about=about)


def states() -> list[str]:
    return list(SmsMessage.objects.order_by("pk").values_list("state", flat=True))


def test_a_change_takes_back_what_waits_about_a_thing_and_nothing_else(phone: Phone) -> None:
    remind()
    remind("visit.tomorrow:8", "request:8")
    assert outbox.withdraw(about="request:7", events=["visit.tomorrow"]) == 1
    assert states() == [SmsState.WITHDRAWN, SmsState.QUEUED]
    while sending.send_due():
        pass
    assert len(phone.messages(MOBILE)) == 1


def test_what_was_taken_back_by_its_key_may_be_said_again(phone: Phone) -> None:
    remind()
    assert outbox.withdraw(once_keys=["visit.tomorrow:7"]) == 1
    assert remind() is not None
    assert remind() is None
    sending.send_due()
    assert states() == [SmsState.WITHDRAWN, SmsState.SENT]


def test_taking_back_is_undone_with_the_change_and_never_reaches_what_left(phone: Phone) -> None:
    remind()
    with transaction.atomic():
        outbox.withdraw(about="request:7")
        transaction.set_rollback(True)
    sending.send_due()
    assert outbox.withdraw(about="request:7") == 0
    assert states() == [SmsState.SENT]


def test_taking_back_must_name_what(phone: Phone) -> None:
    with pytest.raises(ValueError, match="about"):
        outbox.withdraw(events=["visit.tomorrow"])


def test_a_reminder_for_yesterday_is_not_sent(phone: Phone) -> None:
    tonight = clock.now() + timedelta(hours=2)
    outbox.queue("visit.tomorrow", MOBILE, VISIT, valid_until=tonight)
    clock.move_to(tonight + timedelta(minutes=1))
    sending.send_due()
    assert states() == [SmsState.DEAD]
    assert phone.messages(MOBILE) == []
