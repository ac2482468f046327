"""What finance notes of «سامانه مودیان»: that an invoice was sent, under which number, and what was answered."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.models import Invoice, PaperFile, TaxState, TaxSubmission
from septam import audit, clock
from septam.refusal import Refusal

_SHAPE = re.compile(r"[A-Z0-9]{22}", re.ASCII)


class Refused(Refusal):
    """The number cannot be entered."""


def enter(
    invoice_id: int, actor: User, tax_number: str, *, reference: str, sent_at: datetime, state: str
) -> TaxSubmission:
    """Note that the invoice was sent under this number (22 letters and digits). Raises Refused.

    An invoice has one number that is not rejected, and a number belongs to one invoice; the database holds both.
    Entered again with the tax system's answer, a number that waits for one gets it.
    """
    if not _SHAPE.fullmatch(tax_number):
        raise Refused(_("A tax number has 22 Latin letters and digits."), "tax_number")
    known = TaxSubmission.objects.filter(invoice_id=invoice_id, tax_number=tax_number).first()
    if known is not None and state != TaxState.SENT:
        return answer(known.pk, actor, state)
    with transaction.atomic():
        invoice = Invoice.objects.get(pk=invoice_id)
        if not invoice.issued_at.replace(second=0, microsecond=0) <= sent_at <= clock.now():
            raise Refused(_("It was sent between the invoice's issue and now."), "sent_at")
        try:
            with transaction.atomic():
                made = TaxSubmission.objects.create(
                    invoice=invoice, tax_number=tax_number, reference=reference, sent_at=sent_at,
                    state=state, entered_by=actor, entered_at=clock.now(),
                )  # fmt: skip
        except IntegrityError as clash:
            raise _clash(tax_number) from clash
        audit.record(actor.pk, "invoice.tax_number", invoice, submission=made.pk)
        _print_anew(invoice)
    return made


def _clash(tax_number: str) -> Refused:
    if TaxSubmission.objects.filter(tax_number=tax_number).exists():
        return Refused(_("This tax number was entered already."), "tax_number")
    return Refused(_("This invoice has a tax number already."), "tax_number")


def answer(submission_id: int, actor: User, state: str) -> TaxSubmission:
    """Note what the tax system answered to a sent one; what is accepted or rejected stays so. Raises Refused."""
    with transaction.atomic():
        found = TaxSubmission.objects.select_for_update().get(pk=submission_id)
        if found.state != TaxState.SENT or state not in (TaxState.ACCEPTED, TaxState.REJECTED):
            raise Refused(_("The answer of the tax system was noted already."), "state")
        found.state = state
        found.save(update_fields=["state"])
        audit.record(actor.pk, f"invoice.tax_{state}", found.invoice, submission=found.pk)
        _print_anew(found.invoice)
    return found


def _print_anew(invoice: Invoice) -> None:
    """The paper shows the number; the invoice's own row stays as it was."""
    PaperFile.objects.filter(invoice=invoice).update(pdf="")
