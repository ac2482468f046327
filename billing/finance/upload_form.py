"""The form by which finance sends a bank's report."""

import hashlib
import logging
from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from billing import gateways
from billing.finance import bank_reports
from billing.finance.bank_lines import read_lines
from billing.finance.file_reading import MAX_BYTES, FileRefused, read_rows, too_large
from billing.finance.reconciliation import Upload
from septam.digits import to_latin
from septam.forms.base import PortalForm
from septam.forms.fields import PersianCharField

logger = logging.getLogger(__name__)


class UploadForm(PortalForm, forms.Form):
    """A gateway and its report; `upload` is what was read, once the form is valid."""

    gateway = forms.ChoiceField(label=_("Gateway"))
    file = forms.FileField(
        label=_("Choose the bank's file"),
        help_text=_("The report of the bank's portal as CSV or Excel (xlsx), of one day or several."),
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx", "class": "input"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [name for name in gateways.known() if name in bank_reports.reports()]
        self.fields["gateway"].choices = [(name, gateways.title_of(name)) for name in known]  # type: ignore[attr-defined]
        self.upload: Upload | None = None

    def clean(self) -> dict[str, Any]:
        """Read the file. What is wrong with it stands beside its field and in one line of the log."""
        values = super().clean() or {}
        if not self.errors:
            try:
                self.upload = _read(values["gateway"], values["file"])
            except FileRefused as refusal:
                self.refuse(refusal)
        return values

    def refuse(self, refusal: FileRefused) -> None:
        """Say it beside the file, and in the log without anything that stood in it."""
        file = self.files.get("file")
        name = PurePath(file.name or "").name[:100] if file is not None else ""
        logger.warning(
            "bank file refused: %s (gateway %s, %r, %s bytes)", refusal.code, self.data.get("gateway", "")[:30], name,
            file.size if file is not None else 0,
        )  # fmt: skip
        self.add_error("file", str(refusal))


def _read(gateway: str, file: UploadedFile) -> Upload:
    if (file.size or 0) > MAX_BYTES:
        raise too_large()
    content = file.read()
    terminal = to_latin(str(settings.GATEWAYS[gateway].get("terminal", "")))
    lines = read_lines(read_rows(content), gateway, terminal)
    digest = hashlib.sha256(content).hexdigest()
    return Upload(gateway, PurePath(file.name or "").name, digest, lines)


class SettleForm(PortalForm, forms.Form):
    """What became of a difference."""

    note = PersianCharField(
        label=_("What was found out and done"),
        help_text=_("It is kept with the row and cannot be changed later."),
        min_length=5, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
