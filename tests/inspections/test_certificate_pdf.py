"""The certificate on paper: right font, right QR, small, made once, and streamed."""

import io
import re
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest
import typst
import zxingcpp
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from inspections.certificates import pdf as certificate_pdf
from inspections.certificates import validity
from inspections.models import Certificate
from septam import jobs
from tests.inspections.journey import Journey, at_status
from tests.people import make_stranger

pytestmark = pytest.mark.usefixtures("at_start")


def issued() -> tuple[Journey, Certificate]:
    journey = at_status("certified")
    return journey, Certificate.objects.get(request=journey.request)


def objects_of(pdf: bytes) -> bytes:
    """The PDF with its compressed streams unpacked, so that names in it can be read."""
    unpacked = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        try:
            unpacked.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return b"\n".join(unpacked)


def test_every_font_in_the_paper_is_the_portals_own() -> None:
    _journey, certificate = issued()
    names = set(
        re.findall(rb"/FontName\s*/([\w+-]+)", objects_of(certificate_pdf.paper(certificate)))
    )
    assert {name.split(b"+")[-1] for name in names} == {b"Vazirmatn-Regular", b"Vazirmatn-Bold"}


def test_the_qr_leads_to_the_public_check() -> None:
    _journey, certificate = issued()
    image = Image.open(io.BytesIO(certificate_pdf.picture(certificate, ppi=100)))
    found = zxingcpp.read_barcodes(image)
    assert [one.text for one in found] == [validity.public_address(certificate)]


LONG_SITE = "https://certificates.surveillance.portal.a-very-long-name.example.ir"


@pytest.mark.parametrize("word", ["فروشگاه ", "بزرگ"], ids=["words", "one word without a space"])
def test_the_paper_is_one_small_sheet_whatever_the_length_of_names(
    word: str, settings: Settings
) -> None:
    settings.BASE_URL = LONG_SITE
    _journey, certificate = issued()
    name = (word * 50)[:200]
    kept = ("title", "sign_name", "holder", "category", "city_label", "laboratory")
    certificate.snapshot |= dict.fromkeys(kept, name)
    certificate.signatory = name[:80]
    paper = certificate_pdf.paper(certificate)
    assert len(paper) <= 60_000
    assert re.findall(rb"/Count (\d+)", objects_of(paper))[0] == b"1"
    image = Image.open(io.BytesIO(certificate_pdf.picture(certificate, ppi=100)))
    assert zxingcpp.read_barcodes(image)[0].text == validity.public_address(certificate)


def test_a_sheet_is_set_once_and_one_with_long_names_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _journey, certificate = issued()
    tries: list[bool] = []
    compiled = typst.compile

    def counted(*args: Any, sys_inputs: dict[str, str], **options: Any) -> Any:
        tries.append("long" in sys_inputs)
        return compiled(*args, sys_inputs=sys_inputs, **options)

    monkeypatch.setattr(typst, "compile", counted)
    certificate.snapshot |= {
        "holder": "شرکت بازرگانی زرین‌گستر پارسیان (با مسئولیت محدود)",
        "sign_name": "طلا و جواهر فروشی حسینی",
        "laboratory": "آزمایشگاه مرکزی تجهیزات نظارت تصویری",
    }
    certificate_pdf.paper(certificate)
    assert tries == [False]
    certificate.snapshot["holder"] *= 20
    certificate_pdf.paper(certificate)
    assert tries == [False, False, True]


def text_of(pdf: bytes) -> str:
    """What a PDF reader copies out; Persian words come out in any order, Latin numbers do not."""
    run = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout.decode()


def test_the_paper_holds_the_number_and_the_address_as_text() -> None:
    _journey, certificate = issued()
    text = text_of(certificate_pdf.paper(certificate))
    assert validity.grouped(certificate.number) in text
    assert certificate.share_code in text


def test_the_public_paper_differs_by_what_it_leaves_out() -> None:
    _journey, certificate = issued()
    words = certificate_pdf._words(certificate, with_holder=False)
    assert "محمد حسینی" not in str(words)
    assert "محمد حسینی" in str(certificate_pdf._words(certificate, with_holder=True))


def test_a_name_is_text_and_never_markup() -> None:
    _journey, certificate = issued()
    certificate.snapshot["title"] = '#panic("x") $ * _ ] } \\ "'
    assert certificate_pdf.paper(certificate).startswith(b"%PDF")


def test_the_worker_makes_what_is_missing_and_only_that(client: Client) -> None:
    journey, certificate = issued()
    client.force_login(journey.owner)
    address = f"/certificates/{certificate.number}/certificate.pdf"
    waiting = client.get(address)
    assert (waiting.status_code, "در حال آماده‌سازی" in waiting.content.decode()) == (202, True)
    jobs.run_now("inspections.make_papers")
    assert certificate_pdf.make_missing() == 0
    response = client.get(address)
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    assert b"".join(response.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]


def test_a_worker_that_came_second_leaves_no_second_file(media: Path) -> None:
    _journey, certificate = issued()
    late = Certificate.objects.get(pk=certificate.pk)
    certificate_pdf.make_missing()
    certificate_pdf._make(late)
    certificate.refresh_from_db()
    papers = {certificate.pdf.path, certificate.public_pdf.path}
    assert {str(path) for path in media.rglob("*.pdf")} == papers


def test_anybody_with_the_link_gets_the_public_paper_until_it_is_revoked(client: Client) -> None:
    journey, certificate = issued()
    certificate_pdf.make_missing()
    client.force_login(make_stranger())
    address = f"/c/{certificate.share_code}/certificate.pdf"
    response = client.get(address)
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    validity.revoke(certificate.pk, journey.manager, "خطا در صدور")
    assert client.get(address).status_code == 404


def test_the_frame_behind_the_paper_is_what_its_source_draws() -> None:
    folder = Path(certificate_pdf.__file__).parents[1] / "typst"
    drawn = typst.compile(folder / "frame.typ", root=folder, format="svg", ignore_system_fonts=True)
    assert (folder / "frame.svg").read_bytes() == drawn
