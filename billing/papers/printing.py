"""PDFs of receipts and invoices: made by the worker, kept in storage, streamed by the web."""

import logging

import typst
from django.core.files.base import ContentFile

from billing.models import PaperFile
from billing.papers import document, sheets

logger = logging.getLogger(__name__)
_BATCH = 50


def make_missing() -> int:
    """Make the papers that are not there yet, newest first; returns how many were made.

    One that cannot be made is logged and does not hold up the others.
    """
    waiting = PaperFile.objects.filter(pdf="").select_related("order__owner", "invoice__corrects")
    return sum(_make(paper) for paper in waiting.order_by("-id")[:_BATCH])


def _make(paper: PaperFile) -> bool:
    try:
        _store(paper, document.render(sheet_of(paper)))
    except (typst.TypstError, OSError):
        logger.exception("no PDF of paper %s", paper.pk)
        return False
    return True


def sheet_of(paper: PaperFile) -> document.Document:
    """What the paper says: its invoice, or the receipt of its order."""
    if paper.invoice is None:
        return sheets.receipt_sheet(paper.order)
    return sheets.invoice_sheet(paper.invoice)


def _store(paper: PaperFile, content: bytes) -> None:
    """Keep a PDF, unless another worker was quicker: then ours is dropped."""
    number = paper.invoice.number if paper.invoice else f"receipt-{paper.order.number}"
    paper.pdf.save(f"{number}.pdf", ContentFile(content), save=False)
    missing = PaperFile.objects.filter(pk=paper.pk, pdf="")
    if not missing.update(pdf=paper.pdf.name):
        paper.pdf.storage.delete(str(paper.pdf.name))
