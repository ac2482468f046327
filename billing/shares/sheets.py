"""A statement as a file: CSV for programs (Latin digits, no separators, no formulas) and PDF for people."""

import csv
import io
import json
from typing import Literal

import typst
from django.conf import settings
from django.utils.translation import gettext as _

from billing.models import ShareRow, ShareStatement
from billing.papers.document import amount, code, text
from billing.shares.months import Month
from septam import jalali
from septam.digits import to_persian
from septam.exports.safe_cells import safe

_FOLDER = settings.BASE_DIR / "billing" / "typst"
_FONTS = settings.BASE_DIR / "static" / "fonts" / "ttf"
# The mark by which Excel knows UTF-8.
_BOM = "\ufeff"


def rows_of(statement: ShareStatement) -> list[ShareRow]:
    """The rows in the order in which the money moved."""
    rows = statement.rows.select_related("line__order", "line__request", "refund")
    return list(rows.order_by("at", "pk"))


def csv_file(statement: ShareStatement) -> bytes:
    """All rows, with days of the Jalali calendar, amounts in whole rial and the share in basis points."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([
        "statement", "laboratory", "day", "order", "request", "place", "kind", "refund", "base_rial",
        "basis_points", "laboratory_rial", "portal_rial",
    ])  # fmt: skip
    for row in rows_of(statement):
        request = row.line.request
        writer.writerow([
            statement.number, safe(statement.laboratory.name), jalali.latin_date(row.at),
            row.line.order.number, request.number, safe(request.place_title), request.kind,
            row.refund_id or "", row.base_rial, row.basis_points, row.laboratory_rial, row.portal_rial,
        ])  # fmt: skip
    return (_BOM + out.getvalue()).encode()


def pdf(statement: ShareStatement) -> bytes:
    """The statement on A4. Raises typst.TypstError."""
    return _compile(statement, "pdf")


def picture(statement: ShareStatement, *, ppi: float = 110) -> bytes:
    """A statement of one sheet as PNG; more sheets raise typst.TypstError."""
    return _compile(statement, "png", ppi)


def _compile(
    statement: ShareStatement, kind: Literal["pdf", "png"], ppi: float | None = None
) -> bytes:
    inputs = {"data": json.dumps(_words(statement), ensure_ascii=False)}
    compiled: bytes = typst.compile(
        _FOLDER / "statement.typ", root=_FOLDER, font_paths=[_FONTS], ignore_system_fonts=True,
        format=kind, ppi=ppi, sys_inputs=inputs,
    )  # fmt: skip
    return compiled


def _words(statement: ShareStatement) -> dict[str, object]:
    rows = rows_of(statement)
    return {
        "portal": _("Septam, portal of visual surveillance certificates"),
        "title": _("Statement of the laboratory's share"),
        "number": code(statement.number),
        "page": _("Page"),
        "facts": _facts(statement, len(rows)),
        "columns": [
            _("Row"), _("Day"), _("Request"), _("Place"), _("Kind"), _("Base amount (rial)"),
            _("Share"), _("Laboratory's share (rial)"),
        ],
        "rows": [_row(place, row) for place, row in enumerate(rows, 1)],
        "sums": [
            [_("Base amount"), _rial(statement.base_rial)],
            [_("Portal's share"), _rial(statement.portal_rial)],
            [_("Laboratory's share"), _rial(statement.laboratory_rial)],
        ],
        "notes": [
            _("Amounts are before VAT. A refund takes off again what was shared before, in the month in which it is done."),
        ],
    }  # fmt: skip


def _facts(statement: ShareStatement, count: int) -> list[list[str]]:
    facts = [
        [_("Laboratory"), text(statement.laboratory.name)],
        [_("Month"), text(str(Month(statement.year, statement.month)))],
        [_("Number"), code(statement.number)],
        [_("Closed on"), code(jalali.format_date(statement.closed_at))],
        [_("Rows"), code(str(count))],
    ]
    if statement.paid_at:
        facts += [
            [_("Share paid on"), code(jalali.format_date(statement.paid_at))],
            [_("Bank reference"), code(statement.paid_reference)],
        ]
    return facts


def kind_of(row: ShareRow) -> str:
    """What the row is: the kind of visit, or a refund."""
    return _("Refund") if row.refund_id else str(row.line.request.get_kind_display())


def percent(basis_points: int) -> str:
    """«۷۰٪», «۶۶٫۶۷٪»"""
    return to_persian(f"{basis_points / 100:g}٪".replace(".", "٫"))


def _row(place: int, row: ShareRow) -> list[str]:
    request = row.line.request
    return [
        code(str(place)), code(jalali.format_date(row.at)), code(request.number),
        text(request.place_title), text(kind_of(row)), amount(row.base_rial),
        code(percent(row.basis_points)), amount(row.laboratory_rial),
    ]  # fmt: skip


def _rial(value: int) -> str:
    return f"{amount(value)} {_('rial')}"
