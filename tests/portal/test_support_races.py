"""Several people, or one impatient finger, at the same conversation at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.models import Role, User
from notifications.models import SmsMessage
from portal.models import SupportMessage, SupportThread
from portal.support import threads
from tests.people import make_staff
from tests.portal.letters import make_thread

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def at_once(work: Callable[[int], Any]) -> list[str]:
    """Run `work(0 … 5)` at the same moment; how each ended."""
    gate = threading.Barrier(AT_ONCE)

    def run(number: int) -> str:
        gate.wait(timeout=30)
        try:
            work(number)
        except threads.Stale:
            return "told"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(run, range(AT_ONCE)))


def all_answer(thread: SupportThread, staff: list[User]) -> list[str]:
    seen = threads.last_message(thread)
    return at_once(lambda n: threads.answer(thread.pk, staff[n], f"پاسخ {n}", seen=seen))


def test_of_six_who_answer_at_once_one_does_and_five_are_told() -> None:
    thread, staff = make_thread(), [make_staff(Role.SUPPORT) for _one in range(AT_ONCE)]
    assert all_answer(thread, staff) == ["done"] + ["told"] * (AT_ONCE - 1)
    assert SupportMessage.objects.filter(author="staff").count() == 1
    assert SmsMessage.objects.count() == 1


def test_without_the_lock_several_would(monkeypatch: pytest.MonkeyPatch) -> None:
    read = threading.Barrier(AT_ONCE)
    last_message = threads.last_message

    def as_slow_as_the_others(thread: SupportThread) -> int:
        newest = last_message(thread)
        read.wait(timeout=30)
        return newest

    thread, staff = make_thread(), [make_staff(Role.SUPPORT) for _one in range(AT_ONCE)]
    seen = last_message(thread)
    monkeypatch.setattr(threads, "_locked", lambda pk: SupportThread.objects.get(pk=pk))
    monkeypatch.setattr(threads, "last_message", as_slow_as_the_others)
    at_once(lambda n: threads.answer(thread.pk, staff[n], f"پاسخ {n}", seen=seen))
    assert SupportMessage.objects.filter(author="staff").count() > 1


def test_a_form_that_comes_six_times_at_once_is_one_conversation() -> None:
    draft = threads.Draft(subject="other", text="سلام", mobile="09127654321", name="رضا")
    found: list[int] = []
    at_once(lambda n: found.append(threads.begin(draft, None, "b" * 32).pk))
    assert len(set(found)) == 1
    assert SupportMessage.objects.count() == 1
