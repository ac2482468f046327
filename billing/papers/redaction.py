"""Blanks the buyer of invoices that were kept for ten years; numbers, lines and sums stay.

A trigger allows this one change and no other, and only then (by real time).
"""

from datetime import timedelta

from billing.models import Invoice, InvoiceBuyer, PaperFile
from septam import audit, clock, forgetting, kept_files

# Ten years and a few days: the trigger counts calendar years and the machine's clock.
KEPT_FOR = timedelta(days=3656)
REDACTED = {"redacted": True}
# Invoices at a time: each has papers with files.
_BATCH = 50


def redact_old() -> int:
    """Blank the buyers that are due; returns how many. The PDFs that there were are made anew without them."""
    before = min(clock.now(), clock.machine_now()) - KEPT_FOR
    rows = Invoice.objects.all()
    return forgetting.walk(
        "billing.redact_invoices", rows, "issued_at", before, _redact_all, _BATCH
    )


def _redact_all(ids: list[int]) -> int:
    due = Invoice.objects.filter(pk__in=ids).exclude(buyer=REDACTED).order_by("pk")
    return sum(_redact(invoice) for invoice in due)


def _redact(invoice: Invoice) -> int:
    # Locked first: a paper that is being made meanwhile is compared with the invoice under this lock.
    rows = PaperFile.objects.select_for_update().filter(order_id=invoice.order_id)
    papers = [paper for paper in rows.order_by("pk") if paper.pdf]
    invoice.buyer = REDACTED
    invoice.save(update_fields=["buyer"])
    InvoiceBuyer.objects.filter(order_id=invoice.order_id).delete()
    PaperFile.objects.filter(pk__in=[paper.pk for paper in papers]).update(pdf="")
    kept_files.drop(paper.pdf.name for paper in papers)
    audit.record(None, "invoice.redact", invoice)
    return 1
