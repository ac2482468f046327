"""`manage.py doctor`: a sound set-up is called sound, and each thing that is wrong is said in words, without a secret."""

import json
import stat
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import requests
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import Role
from notifications.models import SmsMessage, SmsState
from portal.doctor import address, content, database, files, outside, work
from portal.doctor.findings import Finding, Level, safely
from septam import clock, heartbeat
from septam.models import Heartbeat, Job
from tests.billing.bank import bank, bank_server  # noqa: F401  (fixtures)
from tests.make import make_category
from tests.people import make_staff
from tests.simulated import Phone

pytestmark = pytest.mark.django_db
Looks = Callable[[], Any]


def wrong(look: Looks) -> str:
    """What the look calls wrong, as one text."""
    return "\n".join(f"{one.about}: {one.text}" for one in look() if one.level == Level.WRONG)


@pytest.fixture
def folders(settings: Settings, tmp_path: Path) -> Path:
    """Media and static files as a sound set-up has them."""
    settings.MEDIA_ROOT, settings.STATIC_ROOT = tmp_path / "media", tmp_path / "static"
    for folder in (settings.MEDIA_ROOT, settings.STATIC_ROOT):
        folder.mkdir()
    names = [name for finder in get_finders() for name, _storage in finder.list(None)]
    for name in names:
        (settings.STATIC_ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (settings.STATIC_ROOT / name).touch()
    (settings.STATIC_ROOT / files.MANIFEST).write_text(
        json.dumps({"paths": {name: name for name in names}})
    )
    return tmp_path


def test_the_database_of_the_tests_is_sound() -> None:
    assert wrong(database.answers) == ""
    assert wrong(database.looks) == ""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('FATAL:  password authentication failed for user "septam"', "it refuses the password"),
        ('could not translate host name "db:s3cret@x" to address', "its host has no address"),
        ("connection to server failed: Connection refused", "nothing listens there"),
        ("what nobody has seen: s3cret", "OperationalError"),
    ],
)
def test_a_database_that_does_not_answer_is_told_without_its_own_words(
    monkeypatch: pytest.MonkeyPatch, said: str, told: str
) -> None:
    from django.db import OperationalError

    def refuse() -> None:
        raise OperationalError(said)

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    found = wrong(database.answers)
    assert told in found
    assert "s3cret" not in found


def test_a_clock_that_stands_elsewhere_is_told_by_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = clock.machine_now() - timedelta(seconds=90)
    monkeypatch.setattr(database.clock, "machine_now", lambda: slow)
    assert "clock: this machine's clock stands 90 s behind the database's" in wrong(database.looks)


def test_a_worker_that_never_was_and_one_that_fell_silent_are_told_apart() -> None:
    assert "worker: was never heard of" in wrong(work.looks)
    Heartbeat.objects.create(name="worker", at=clock.machine_now() - timedelta(minutes=5))
    assert "worker: was last heard of 300 s ago" in wrong(work.looks)
    heartbeat.beat("worker")
    assert wrong(work.looks) == ""


def test_jobs_that_failed_or_are_late_and_sms_that_wait_are_named() -> None:
    heartbeat.beat("worker")
    Job.objects.create(name="sms.poll", due_at=clock.now(), last_error="ValueError: 09121234567")
    Job.objects.create(name="sms.credit", due_at=clock.now() - timedelta(hours=1))
    old = clock.now() - timedelta(hours=3)
    SmsMessage.objects.create(
        event="visit.reminder",
        mobile="09121234567",
        state=SmsState.QUEUED,
        created_at=old,
        next_try_at=old,
        valid_until=clock.now(),
    )
    found = wrong(work.looks)
    assert "jobs: sms.poll failed last time (ValueError)" in found
    assert "1 are more than 10 minutes late" in found
    assert "outbox: 1 SMS have waited" in found
    assert "0912" not in found


def test_sound_folders_are_called_sound(folders: Path) -> None:
    assert wrong(files.looks) == ""


def test_folders_that_are_missing_or_incomplete_are_named(
    settings: Settings, folders: Path
) -> None:
    settings.MEDIA_ROOT = folders / "nowhere"
    next(path for path in settings.STATIC_ROOT.rglob("*.css")).unlink()
    found = wrong(files.looks)
    assert "nowhere is no folder; see SEPTAM_MEDIA_ROOT" in found
    assert "static: 1 files are missing" in found
    (settings.STATIC_ROOT / files.MANIFEST).unlink()
    assert "holds no collected files: run collectstatic" in wrong(files.looks)


def test_media_that_cannot_be_written_are_told(
    monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.tempfile, "NamedTemporaryFile", refuse)
    assert "cannot be written by this user (No space left on device)" in wrong(files.looks)
    assert stat.S_ISDIR(folders.stat().st_mode)


def test_sample_data_and_the_demos_password_are_wrong_in_production_alone(
    settings: Settings,
) -> None:
    category = make_category()
    category.is_sample = True
    category.save(update_fields=["is_sample"])
    member = make_staff(Role.MANAGER, username="manager")
    member.set_password("12345678")
    member.save(update_fields=["password"])
    assert "password" not in wrong(content.looks)
    assert "sample" not in wrong(content.looks)
    settings.PRODUCTION = True
    assert "rows of septam_sites.category are sample data" in wrong(content._samples)
    assert "«manager» has the demonstration's password" in "\n".join(
        one.text for one in content._people()
    )


def test_templates_without_a_number_at_the_second_provider_are_counted(settings: Settings) -> None:
    settings.PRODUCTION, settings.SMS_PROVIDERS, settings.SMSIR_TEMPLATES = True, ["smsir"], {}
    assert "SEPTAM_SMSIR_TEMPLATES lacks" in wrong(content._templates)


@pytest.mark.usefixtures("bank")
def test_a_bank_and_a_provider_that_answer_are_sound(phone: Phone) -> None:
    found = [one for one in outside.looks() if one.level == Level.WRONG]
    assert found == []


@pytest.mark.usefixtures("bank")
def test_a_bank_that_refuses_our_credentials_is_told_apart_from_one_out_of_reach(
    settings: Settings,
) -> None:
    known = {name: dict(options) for name, options in settings.GATEWAYS.items()}
    known["behpardakht"]["password"] = "s3cret-but-wrong"
    settings.GATEWAYS, settings.GATEWAYS_ON, settings.SMS_PROVIDERS = known, ["behpardakht"], []
    found = wrong(outside.looks)
    assert "bank behpardakht: refuses our configuration (code 24)" in found
    known["behpardakht"]["service_url"] = "http://127.0.0.1:9/pgw"
    found = wrong(outside.looks)
    assert "127.0.0.1:9 cannot be reached" in found
    assert "s3cret" not in found


def test_a_provider_that_refuses_the_key_is_told(settings: Settings, phone: Phone) -> None:
    from tests.simulated import ask_anew

    settings.SMS_KEY, settings.GATEWAYS_ON, settings.SMS_PROVIDERS = "wrong", [], ["kavenegar"]
    ask_anew()
    assert "sms kavenegar: refuses us" in wrong(outside.looks)


def test_a_provider_that_cannot_be_reached_is_told_in_words(settings: Settings) -> None:
    from tests.simulated import ask_anew

    settings.SMS_URL, settings.GATEWAYS_ON = "http://127.0.0.1:9", []
    settings.SMS_PROVIDERS = ["kavenegar"]
    ask_anew()
    assert "sms kavenegar: cannot be asked: no connection can be made" in wrong(outside.looks)


def test_half_an_index_and_a_role_that_owns_its_tables_are_told() -> None:
    notes = [one.text for one in database.looks() if one.level == Level.NOTE]
    assert any("could drop the audit log's guards" in one for one in notes)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX imagined ON septam_heartbeat (at)")
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'imagined'::regclass"
        )
    assert "migrations: of the index imagined one half is there" in wrong(database.looks)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_pooler_is_told_by_what_it_keeps(monkeypatch: pytest.MonkeyPatch, keeps: bool) -> None:
    monkeypatch.setattr(database, "_is_direct", lambda: False)
    monkeypatch.setattr(database, "_keeps_sessions", lambda: keeps)
    told = [one for one in database._pooler() if "pooler" in one.text]
    assert [one.level for one in told] == [Level.GOOD if keeps else Level.WRONG]
    assert keeps or "SEPTAM_PREPARED_STATEMENTS" in told[0].text


def test_a_session_of_ones_own_keeps_what_it_was_told() -> None:
    assert database._is_direct()
    assert database._keeps_sessions()


@pytest.mark.parametrize(
    ("status", "told"), [(301, "X-Forwarded-Proto"), (400, "SEPTAM_HOSTS"), (200, "another")]
)
def test_a_proxy_that_hands_on_wrongly_is_told_by_its_answer(
    monkeypatch: pytest.MonkeyPatch, status: int, told: str
) -> None:
    answer = requests.Response()
    answer.status_code, answer._content = status, b"welcome"
    monkeypatch.setattr(requests.Session, "get", lambda *args, **options: answer)
    assert told in address._healthz("https://portal.example").text


def test_a_look_that_breaks_off_is_a_finding_and_shows_nothing_of_the_error() -> None:
    def breaks() -> list[Finding]:
        raise KeyError("s3cret")

    assert [one.text for one in safely("files", breaks)] == ["could not be looked at (KeyError)"]


def test_the_command_says_all_of_it_and_ends_with_1_where_something_is_wrong(folders: Path) -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--offline", "--quiet", stdout=out)
    assert ended.value.code == 1
    assert "wrong  worker: was never heard of" in out.getvalue()
    assert "good" not in out.getvalue().splitlines()[0]
    assert " worth knowing, " in out.getvalue().splitlines()[-1]
