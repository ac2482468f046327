"""The portal's clock, and the command that moves it."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from septam import clock
from septam.models import ClockOffset

NOON = datetime(2024, 3, 19, 12, 0, tzinfo=clock.TEHRAN)


@pytest.mark.django_db
def test_a_moved_clock_goes_on_from_the_moment_it_was_moved_to() -> None:
    clock.move_to(NOON)
    assert timedelta(0) <= clock.now() - NOON < timedelta(seconds=30)
    assert clock.today() == date(2024, 3, 19)


@pytest.mark.django_db
def test_the_day_changes_at_midnight_in_tehran_not_in_london() -> None:
    clock.move_to(datetime(2024, 3, 19, 20, 45, tzinfo=UTC))
    assert clock.today() == date(2024, 3, 20)


@pytest.mark.django_db
def test_the_command_reads_jalali_and_says_the_offset() -> None:
    told = StringIO()
    call_command("clock", "1402/12/25 10:30", stdout=told)
    assert clock.today() == date(2024, 3, 15)
    assert int(told.getvalue()) == ClockOffset.objects.get().seconds
    call_command("clock", "now", stdout=StringIO())
    assert clock.offset() == timedelta(0)


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["1404/12/30", "2024/03/15", "tomorrow", "1402/12/25 25:00"])
def test_a_moment_that_does_not_exist_is_refused_in_one_line(moment: str) -> None:
    with pytest.raises(CommandError):
        call_command("clock", moment, stdout=StringIO())


def test_production_neither_reads_nor_moves_the_offset(settings: Settings) -> None:
    settings.PRODUCTION = True
    assert clock.offset() == timedelta(0)
    with pytest.raises(RuntimeError):
        clock.move_to(NOON)
