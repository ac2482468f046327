"""Receipt and invoice on paper: right fonts, right numbers, small, made once, streamed to their owner alone."""

import re
import subprocess
import zlib
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from billing.models import BankTransfer, Invoice, Order, PaperFile
from billing.papers import document, invoicing, printing, sheets
from billing.papers.document import Box, Document, Fact, Line
from inspections import workflow
from septam import clock, jobs
from tests.billing.bank import make_order
from tests.billing.settled import refund_of, settle, settled_order
from tests.people import make_stranger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(media: Path) -> None:
    """It is tmp_path."""


@pytest.fixture
def order(owner: User) -> Order:
    return settled_order(owner)


def objects_of(pdf: bytes) -> bytes:
    """The PDF with its compressed streams unpacked, so that names in it can be read."""
    unpacked = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        try:
            unpacked.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return b"\n".join(unpacked)


def text_of(pdf: bytes) -> str:
    """What a PDF reader copies out."""
    run = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout.decode()


def persian(number: object) -> str:
    return document.to_persian(str(number))


def sheet(name: str = "محمد حسینی", titles: int = 1) -> Document:
    return Document(
        title="پیش‌فاکتور", number="140301000001", head=(Fact("شماره", "140301000001", is_code=True),),
        boxes=(Box("خریدار", (Fact("نام", name),)),),
        lines=tuple(
            Line(f"هزینه کارشناسی - شعبه {one}", 6_360_000, 950, 604_200, 6_964_200)
            for one in range(titles)
        ),
        sum_label="قابل پرداخت",
    )  # fmt: skip


def test_every_font_in_an_invoice_is_the_portals_own(order: Order) -> None:
    paper = document.render(sheets.invoice_sheet(Invoice.objects.get(order=order)))
    names = set(re.findall(rb"/FontName\s*/([\w+-]+)", objects_of(paper)))
    assert {name.split(b"+")[-1] for name in names} == {b"Vazirmatn-Regular", b"Vazirmatn-Bold"}


def test_the_invoice_says_its_numbers_and_sums_as_text(order: Order) -> None:
    invoice = Invoice.objects.get(order=order)
    text = text_of(document.render(sheets.invoice_sheet(invoice)))
    attempt = order.attempts.get()
    for number in (invoice.number, "0499370899", attempt.reference, order.number):
        assert persian(number) in text
    for amount in (invoice.payable_rial, invoice.vat_rial, invoice.base_rial):
        assert document.money.format_rial(amount) in text
    assert f"{persian(10)}٪" in text


def test_the_receipt_says_what_a_receipt_must(order: Order) -> None:
    text = text_of(document.render(sheets.receipt_sheet(order)))
    attempt = order.attempts.get()
    request = order.lines.earliest("pk").request
    for number in (order.number, attempt.reference, attempt.order_number, request.number):
        assert persian(number) in text
    assert document.money.format_rial(order.payable_rial // 10) in text
    assert persian("603799") in text
    words = document.words_of(sheets.receipt_sheet(order))
    assert str(words["in_words"]) == "شش میلیون و نهصد و نود و شش هزار ریال"


def test_the_receipt_of_transfers_names_each(owner: User) -> None:
    order = make_order(owner)
    for reference, amount in (("990011", 1_000_000), ("990022", 5_996_000)):
        BankTransfer.objects.create(
            state="matched", account="IR820540102680020817909002", reference=reference, amount_rial=amount,
            paid_on=clock.today(), order=order, payer="شرکت آتیه", recorded_by=owner, matched_by=owner,
            recorded_at=clock.now(), matched_at=clock.now(),
        )  # fmt: skip
    order.paid_at = clock.now()
    text = text_of(document.render(sheets.receipt_sheet(order)))
    assert all(persian(number) in text for number in ("990011", "990022"))
    # A code with Latin letters keeps its digits: people copy it.
    assert "IR820540102680020817909002" in text


def test_a_credit_note_names_the_invoice_that_it_corrects(order: Order) -> None:
    with transaction.atomic():
        note = invoicing.credit(refund_of(order, None, 1_234_567))
    assert note is not None
    assert note.corrects is not None
    text = text_of(document.render(sheets.invoice_sheet(note)))
    assert persian(note.corrects.number) in text
    assert document.money.format_rial(1_234_567) in text
    assert document.words_of(sheets.invoice_sheet(note))["title"] == "صورتحساب اصلاحی"


@pytest.mark.parametrize("titles", [1, 12])
def test_a_paper_is_small_even_with_long_texts(titles: int) -> None:
    assert len(document.render(sheet("شرکت " * 24, titles))) <= 60_000


def test_many_lines_go_on_to_a_second_sheet() -> None:
    paper = document.render(sheet(titles=60))
    assert re.findall(rb"/Count (\d+)", objects_of(paper))[0] in (b"2", b"3")


def test_a_name_is_text_and_never_markup() -> None:
    assert document.render(sheet('#panic("x") $ * _ ] } \\ "')).startswith(b"%PDF")


def test_a_name_that_turns_the_direction_cannot_fake_a_number() -> None:
    tricky = "\u202eمبلغ 000٬001\u202c\u2067 \u2066"
    words = document.words_of(sheet(tricky))
    facts = words["boxes"][0]["facts"]  # type: ignore[index]
    value = facts[0][1]
    assert value == f"\u2068{persian('مبلغ 000٬001')}\u2069"


def addresses_of(order: Order) -> list[str]:
    """Where its owner asks for the order's papers."""
    number = Invoice.objects.get(order=order).number
    return [f"/invoices/{number}/invoice.pdf", f"/receipts/{order.number}/receipt.pdf"]


def sent(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_paper_is_made_when_its_owner_first_asks_and_stays_the_same_ever_after(
    owner: User, order: Order, tmp_path: Path
) -> None:
    assert not PaperFile.objects.exists()
    client, stranger = Client(), Client()
    client.force_login(owner)
    stranger.force_login(make_stranger())
    for address in addresses_of(order):
        assert stranger.get(address).status_code == 404
        response = client.get(address)
        assert response["Content-Type"] == "application/pdf"
        assert response["Cache-Control"] == "private, no-store"
        first = sent(response)
        assert first.startswith(b"%PDF")
        assert sent(client.get(address)) == first
    assert len(list(tmp_path.rglob("*.pdf"))) == 2
    assert printing.make_missing() == 0


def test_a_paper_that_cannot_be_made_at_once_is_made_by_the_worker(
    owner: User, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    client.force_login(owner)
    with monkeypatch.context() as broken:
        broken.setattr(document, "_FOLDER", Path("/nowhere"))
        for address in addresses_of(order):
            waiting = client.get(address)
            says_so = "در حال آماده‌سازی" in waiting.content.decode()
            assert (waiting.status_code, says_so) == (202, True)
    jobs.run_now("billing.make_papers")
    assert printing.make_missing() == 0
    for address in addresses_of(order):
        assert sent(client.get(address)).startswith(b"%PDF")


def asked_for(order: Order) -> list[PaperFile]:
    """The rows of both papers, as somebody's ask leaves them before the PDF is made."""
    invoices = [Invoice.objects.get(order=order), None]
    return [PaperFile.objects.create(order=order, invoice=invoice) for invoice in invoices]


def test_who_makes_a_paper_second_leaves_no_second_file(order: Order, tmp_path: Path) -> None:
    late = asked_for(order)
    assert printing.make_missing() == 2
    for paper in late:
        printing._make(paper)
        assert paper.pdf == PaperFile.objects.get(pk=paper.pk).pdf
    assert len(list(tmp_path.rglob("*.pdf"))) == 2


def test_a_paper_whose_words_changed_while_it_was_made_is_not_kept(
    order: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of an invoice that is redacted, or gets its tax number, in that moment."""
    paper, _receipt = asked_for(order)
    render = document.render

    def slow(sheet: Document) -> bytes:
        monkeypatch.setattr(sheets, "tax_number_of", lambda invoice: "A1")
        return render(sheet)

    monkeypatch.setattr(document, "render", slow)
    printing._make(paper)
    assert (paper.pdf.name, PaperFile.objects.get(pk=paper.pk).pdf.name) == ("", "")
    assert not list(tmp_path.rglob("*.pdf"))


def test_a_late_payment_that_placed_nothing_has_a_receipt_and_no_invoice(owner: User) -> None:
    order = make_order(owner)
    request = order.lines.earliest("pk").request
    workflow.take_out_of_cart(request.pk, None, "lapsed")
    workflow.open_request(request.place, owner)
    order = settle(order)
    assert not Invoice.objects.exists()
    assert printing.paper_of(order).pdf.size > 1000
