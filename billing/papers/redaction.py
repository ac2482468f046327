"""Blanks the buyer of invoices that were kept for ten years; numbers, lines and sums stay.

A trigger allows this one change and no other, and only then (by real time).
"""

from datetime import timedelta

from django.db import transaction

from billing.models import Invoice, InvoiceBuyer, PaperFile
from septam import audit, clock, kept_files

# Ten years and a few days: the trigger counts calendar years and the machine's clock.
KEPT_FOR = timedelta(days=3656)
REDACTED = {"redacted": True}
_BATCH = 200


def redact_old() -> int:
    """Blank the buyers that are due; returns how many. The PDFs that there were are made anew without them."""
    before = min(clock.now(), clock.machine_now()) - KEPT_FOR
    old = Invoice.objects.filter(issued_at__lt=before).exclude(buyer=REDACTED)
    due = list(old.order_by("issued_at")[:_BATCH])
    for invoice in due:
        _redact(invoice)
    return len(due)


def _redact(invoice: Invoice) -> None:
    with transaction.atomic():
        # Locked first: a paper that is being made meanwhile is compared with the invoice under this lock.
        rows = PaperFile.objects.select_for_update().filter(order_id=invoice.order_id)
        papers = [paper for paper in rows.order_by("pk") if paper.pdf]
        invoice.buyer = REDACTED
        invoice.save(update_fields=["buyer"])
        InvoiceBuyer.objects.filter(order_id=invoice.order_id).delete()
        PaperFile.objects.filter(pk__in=[paper.pk for paper in papers]).update(pdf="")
        kept_files.drop(paper.pdf.name for paper in papers)
        audit.record(None, "invoice.redact", invoice)
