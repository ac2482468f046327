"""Photos and papers in S3-compatible storage, over the wire: kept, shown to who may, gone; full, silent, shut."""

import logging
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from inspections.certificates import pdf as certificate_pdf
from inspections.models import Certificate, ReportDraft, VisitPhoto
from portal.doctor import files as doctor
from septam import clock, jobs, kept_files
from tests.buckets import Cloud, cloud  # noqa: F401  (a fixture)
from tests.inspections.journey import at_status
from tests.inspections.test_report_page import Desk, jpeg
from tests.people import make_expert, make_stranger, office_client

pytestmark = pytest.mark.usefixtures("at_start")
TOLD = "عکس‌ها اکنون ذخیره نشد"
FULL = {"kind": "code", "value": "XMinioStorageFull"}
SLOW = {"kind": "delay", "seconds": 2, "executed": False}
SHUT = {"kind": "code", "value": "AccessDenied"}


def test_a_photo_is_kept_shown_to_who_may_and_removed(cloud: Cloud) -> None:  # noqa: F811
    desk = Desk()
    desk.press("save:section-1", **desk.typed(pv_14_photo=jpeg()))
    photo = VisitPhoto.objects.get()
    assert cloud.names() == [photo.file.name]
    address = f"/office/inspections/visitrequest/{photo.request_id}/photo/{photo.token}/"
    shown = desk.client.get(address)
    content = b"".join(shown.streaming_content)  # type: ignore[attr-defined]
    assert (shown["Content-Type"], shown["Content-Length"]) == ("image/jpeg", str(len(content)))
    assert content.startswith(b"\xff\xd8")
    laboratory = desk.journey.place.laboratory
    assert laboratory is not None
    assert office_client(make_expert(laboratory, "colleague")).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    desk.press(f"drop:{photo.token}:item_pv_14", revision="1", **desk.typed())
    jobs.run_now("septam.remove_files")
    assert cloud.names() == []
    assert desk.client.get(address).status_code == 404


@pytest.mark.parametrize("fault", [FULL, SLOW, SHUT], ids=["full", "silent", "shut"])
def test_where_the_bucket_takes_nothing_what_is_typed_is_kept_and_the_person_is_told(
    cloud: Cloud,  # noqa: F811
    fault: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    desk = Desk()
    cloud.fault("PUT", **fault)
    answer = desk.press("review", **desk.typed(pv_14_photo=jpeg(), comment="همه"))
    assert TOLD in answer.content.decode()
    assert ReportDraft.objects.get().typed["comment"] == "همه"
    cloud.mend()
    desk.press("save:section-1", revision="1", **desk.typed(pv_14_photo=jpeg()))
    assert len(cloud.names()) == VisitPhoto.objects.count() == 1
    told = [one for one in caplog.records if one.name.startswith(("septam", "inspections"))]
    assert "demo-bucket-secret" not in "".join(
        logging.Formatter().format(one) for one in caplog.records
    )
    assert any("photos of a report could not be written" in one.getMessage() for one in told)


def test_where_the_bucket_is_away_a_page_says_so_and_the_worker_makes_the_paper_later(
    cloud: Cloud,  # noqa: F811
) -> None:
    journey = at_status("certified")
    certificate = Certificate.objects.get()
    client = Client(raise_request_exception=False)
    client.force_login(journey.owner)
    address = f"/certificates/{certificate.number}/certificate.pdf"
    cloud.fault("PUT", **FULL)
    assert certificate_pdf.make_missing() == 0
    assert client.get(address).status_code == 202
    cloud.mend()
    assert certificate_pdf.make_missing() == 1
    cloud.fault("GET", "before")
    away = client.get(address)
    assert (away.status_code, away["Retry-After"]) == (503, "10")
    cloud.mend()
    answer = client.get(address)
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    client.force_login(make_stranger())
    assert client.get(address).status_code == 404


def test_the_sweep_finds_in_the_bucket_what_no_row_names(cloud: Cloud) -> None:  # noqa: F811
    clock.move_to(clock.now())
    for content in (b"one", b"two"):
        kept_files.Written().write("photos", "jpg", content)
    assert len(cloud.names()) == 2
    assert kept_files.sweep() == 0
    clock.move_to(clock.now() + timedelta(days=2))
    assert kept_files.sweep() == 2
    assert cloud.names() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"secret": "not-the-secret"}, "SEPTAM_BUCKET_SECRET does not fit SEPTAM_BUCKET_KEY"),
        ({"key": "nobody"}, "does not know SEPTAM_BUCKET_KEY"),
        ({"url": "http://127.0.0.1:9/septam"}, "no connection can be made"),
    ],
)
def test_the_doctor_says_in_words_why_a_bucket_cannot_be_used(
    cloud: Cloud,  # noqa: F811
    wrong: dict[str, str],
    said: str,
) -> None:
    assert re.search(r"can be written, read and emptied", doctor._media().text)
    cloud.used_by(**wrong)
    found = doctor._media().text
    assert said in found
    assert "not-the-secret" not in found


def test_a_bucket_of_another_name_and_a_full_one_are_told(cloud: Cloud) -> None:  # noqa: F811
    cloud.used_by(url=f"{cloud.url}/other")
    assert "no bucket of that name" in doctor._media().text
    cloud.used_by()
    cloud.fault("PUT", **FULL)
    assert "it is full" in doctor._media().text
    cloud.mend()
    cloud.fault("GET", "delay", seconds=2, executed=False)
    assert "does not answer in time" in doctor._media().text


def test_nobody_is_handed_an_address_of_the_bucket(cloud: Cloud) -> None:  # noqa: F811
    name = default_storage.save("papers/x.pdf", ContentFile(b"x"))
    with pytest.raises(NotImplementedError, match="served by the portal"):
        default_storage.url(name)


def test_a_folder_is_copied_into_the_bucket_once(
    cloud: Cloud,  # noqa: F811
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    for name in ("photos/2026-01-01/a.jpg", "papers/2026/b.pdf"):
        path = settings.MEDIA_ROOT / name
        path.parent.mkdir(parents=True)
        path.write_bytes(name.encode())
    for told in ("2 copied, 0 were there", "0 copied, 2 were there"):
        out = StringIO()
        call_command("fill_bucket", stdout=out)
        assert told in out.getvalue()
    assert cloud.names() == ["papers/2026/b.pdf", "photos/2026-01-01/a.jpg"]
    with default_storage.open("papers/2026/b.pdf") as file:
        assert file.read() == b"papers/2026/b.pdf"
