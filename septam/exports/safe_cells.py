"""Text in a spreadsheet that no spreadsheet program takes for a formula."""

import re

# What begins a formula in Excel, LibreOffice or Google Sheets, in half and full width; tab and carriage return lead
# up to one.
_LEADS = tuple("=+-@\t\r\n＝＋－＠")
# XML, and so XLSX, cannot hold these.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MARK = "'"


def safe(value: str) -> str:
    """The text, behind an apostrophe if it could be read as a formula. Numbers never pass here."""
    text = _CONTROLS.sub("", value)
    return MARK + text if text.lstrip(" \u200c\u200e\u200f\ufeff").startswith(_LEADS) or text.startswith(_LEADS) else text  # fmt: skip
