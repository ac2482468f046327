"""PDFs of receipts and invoices: made when they are first asked for, kept in storage, streamed by the web.

Most are never asked for. What could not be made at once, or has to be made anew, is the worker's.
"""

import logging

import typst
from django.db import transaction

from billing.models import Invoice, Order, PaperFile
from billing.papers import document, sheets
from septam import kept_files

logger = logging.getLogger(__name__)
FOLDER = "papers"
_BATCH = 50


def paper_of(order: Order, invoice: Invoice | None = None) -> PaperFile:
    """The paper of an invoice, or the receipt of a paid order; its PDF is made now if nobody asked before.

    Without a PDF where it could not be made just now: the worker tries again.
    """
    paper, _made = PaperFile.objects.get_or_create(order=order, invoice=invoice)
    if not paper.pdf:
        paper.order, paper.invoice = order, invoice
        _make(paper)
    return paper


def make_missing() -> int:
    """Make the papers that were asked for and are not there, newest first; returns how many were made.

    One that cannot be made is logged and does not hold up the others.
    """
    waiting = PaperFile.objects.filter(pdf="").select_related("order__owner", "invoice__corrects")
    return sum(_make(paper) for paper in waiting.order_by("-id")[:_BATCH])


def _make(paper: PaperFile) -> bool:
    try:
        sheet = sheet_of(paper)
        _store(paper, sheet, document.render(sheet))
    except (typst.TypstError, OSError):
        logger.exception("no PDF of paper %s", paper.pk)
        return False
    return True


def sheet_of(paper: PaperFile) -> document.Document:
    """What the paper says: its invoice, or the receipt of its order."""
    if paper.invoice is None:
        return sheets.receipt_sheet(paper.order)
    return sheets.invoice_sheet(paper.invoice)


def _store(paper: PaperFile, sheet: document.Document, content: bytes) -> None:
    """Keep a PDF, unless another process was quicker or the paper says something else by now: then ours is dropped."""
    with kept_files.written() as files:
        name = files.write(FOLDER, "pdf", content)
        with transaction.atomic():
            rows = PaperFile.objects.select_for_update(of=("self",))
            kept = rows.select_related("order__owner", "invoice__corrects").get(pk=paper.pk)
            if not kept.pdf and sheet_of(kept) == sheet:
                kept.pdf = name
                kept.save(update_fields=["pdf"])
                files.take(name)
    paper.pdf = kept.pdf
