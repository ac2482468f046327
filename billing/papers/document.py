"""One paper about money, ready to be printed: what it says, and its PDF by typst.

Invoice, credit note, receipt and «پیش‌فاکتور» are all a Document. What people typed is taken as text: it is never
read as markup, and marks that turn the direction of writing are taken out, so that a name cannot fake a number.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Literal

import typst
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from septam import jalali, money
from septam.digits import numbers_to_persian, to_persian
from septam.text import clean

_FOLDER = settings.BASE_DIR / "billing" / "typst"
_FONTS = settings.BASE_DIR / "static" / "fonts" / "ttf"
# Isolates: a text, or a code from left to right, that does not disturb the line around it.
_FSI, _LRI, _PDI = "\u2068", "\u2066", "\u2069"


@dataclass(frozen=True)
class Fact:
    """A label and its value; a code (number, phone, reference) is written from left to right in Persian digits.

    One with Latin letters keeps its Latin digits: an IBAN, a tax number, an address on the web. A page writes `moment`
    or `day`, where one is given, in place of the value.
    """

    label: str
    value: str
    is_code: bool = False
    moment: datetime | None = None
    day: date | None = None

    @property
    def shown(self) -> str:
        """The value with the digits in which it is read."""
        return (
            _digits_of(clean(self.value)) if self.is_code else numbers_to_persian(clean(self.value))
        )


def moment_fact(label: str, moment: datetime | None) -> Fact:
    """A moment by Tehran's clock: «۱۴۰۳/۰۱/۰۶ ۱۵:۳۰»; without one the fact is empty and left out."""
    if moment is None:
        return Fact(label, "")
    shown = f"{jalali.format_date(moment)} {jalali.tehran(moment):%H:%M}"
    return Fact(label, shown, is_code=True, moment=moment)


def day_fact(label: str, day: date) -> Fact:
    """A day: «۱۴۰۳/۰۱/۰۶»."""
    return Fact(label, jalali.format_date(day), is_code=True, day=day)


@dataclass(frozen=True)
class Box:
    """A titled group of facts: the seller, the buyer, a payment. Facts without a value are left out."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Line:
    """A line of the table; whole rial. VAT comes with it: nothing is computed here but sums."""

    title: str
    unit_price_rial: int
    vat_basis_points: int
    vat_rial: int
    total_rial: int
    quantity: int = 1
    discount_rial: int = 0
    service_id: str = ""

    @property
    def base_rial(self) -> int:
        """What VAT is taken of: after the discount."""
        return self.unit_price_rial * self.quantity - self.discount_rial

    @property
    def vat_percent(self) -> str:
        """The rate in Persian digits: «۱۰٪», «۹٫۵٪»."""
        whole, rest = divmod(self.vat_basis_points, 100)
        return to_persian(f"{whole}٫{f'{rest:02}'.rstrip('0')}٪" if rest else f"{whole}٪")


@dataclass(frozen=True)
class Document:
    """A paper: its title, number, head, parties, lines, and what stands below the sum."""

    title: str
    number: str
    head: tuple[Fact, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    # «قابل پرداخت», «پرداخت‌شده», «مبلغ برگشتی»: what the sum of the lines is.
    sum_label: str
    # Below the sum: payments with their references, accounts to pay into.
    below: tuple[Box, ...] = ()
    notes: tuple[str, ...] = ()
    # Room for the stamp and signature of seller and buyer.
    is_signed: bool = False

    @property
    def base_rial(self) -> int:
        """The sum of the lines before VAT."""
        return sum(line.base_rial for line in self.lines)

    @property
    def vat_rial(self) -> int:
        """The VAT of the lines."""
        return sum(line.vat_rial for line in self.lines)

    @property
    def total_rial(self) -> int:
        """The sum of the lines, with VAT."""
        return sum(line.total_rial for line in self.lines)


def render(document: Document) -> bytes:
    """The PDF, A4. Raises typst.TypstError."""
    return _compile(document, "pdf")


def picture(document: Document, *, ppi: float = 110) -> bytes:
    """The first sheet as PNG; a paper of more sheets raises typst.TypstError."""
    return _compile(document, "png", ppi)


def _compile(document: Document, kind: Literal["pdf", "png"], ppi: float | None = None) -> bytes:
    inputs = {"data": json.dumps(words_of(document), ensure_ascii=False)}
    compiled: bytes = typst.compile(
        _FOLDER / "paper.typ", root=_FOLDER, font_paths=[_FONTS], ignore_system_fonts=True,
        format=kind, ppi=ppi, sys_inputs=inputs,
    )  # fmt: skip
    return compiled


def words_of(document: Document) -> dict[str, object]:
    """All that the paper says, as the template takes it."""
    return {
        "portal": _("Septam, portal of visual surveillance certificates"),
        "title": document.title,
        "number": code(document.number),
        "head": _facts(document.head),
        "boxes": [_box(box) for box in document.boxes],
        "columns": _columns(document),
        "rows": [_row(document, place, line) for place, line in enumerate(document.lines, 1)],
        "sums": _sums(document),
        "in_words": f"{money.in_words(document.total_rial)} {_('rial')}",
        "in_words_label": _("In words"),
        "below": [_box(box) for box in document.below],
        "notes": [text(note) for note in document.notes],
        "signatures": [
            _("Stamp and signature of the seller"),
            _("Stamp and signature of the buyer"),
        ]
        if document.is_signed
        else [],
        "page": _("Page"),
        "emblem": _emblem(),
    }


def code(value: str) -> str:
    """A code, isolated from left to right; in Persian digits, unless it has Latin letters."""
    return f"{_LRI}{_digits_of(clean(value))}{_PDI}"


def _digits_of(code: str) -> str:
    return code if re.search("[A-Za-z]", code) else to_persian(code)


def text(value: str) -> str:
    """A text of people, without marks that turn the direction, isolated in its own direction."""
    return f"{_FSI}{numbers_to_persian(clean(value))}{_PDI}"


def _facts(facts: tuple[Fact, ...]) -> list[list[str]]:
    return [
        [fact.label, code(fact.value) if fact.is_code else text(fact.value)]
        for fact in facts
        if fact.value
    ]


def _box(box: Box) -> dict[str, object]:
    return {"title": box.title, "facts": _facts(box.facts)}


def _has_service_ids(document: Document) -> bool:
    return any(line.service_id for line in document.lines)


def _columns(document: Document) -> list[str]:
    ids = [_("Service id")] if _has_service_ids(document) else []
    return [
        _("Row"), _("Description"), *ids, _("Number of units"), _("Unit price (rial)"), _("Discount (rial)"),
        _("VAT rate"), _("VAT (rial)"), _("Sum (rial)"),
    ]  # fmt: skip


def _row(document: Document, place: int, line: Line) -> list[str]:
    ids = [code(line.service_id)] if _has_service_ids(document) else []
    return [
        code(str(place)), text(line.title), *ids, code(str(line.quantity)), amount(line.unit_price_rial),
        amount(line.discount_rial), code(line.vat_percent), amount(line.vat_rial),
        amount(line.total_rial),
    ]  # fmt: skip


def amount(rial: int) -> str:
    """A sum in rial without its unit, isolated."""
    return code(money.format_rial(rial))


def _sums(document: Document) -> list[list[str]]:
    discount = sum(line.discount_rial for line in document.lines)
    sums = [(_("Discount (rial)"), discount)] if discount else []
    sums += [
        (_("Sum before VAT"), document.base_rial),
        (_("VAT and duties"), document.vat_rial),
        (document.sum_label, document.total_rial),
    ]
    shown = [[label, f"{amount(value)} {_('rial')}"] for label, value in sums]
    toman = money.toman_line(document.total_rial)
    return [*shown, ["", text(toman)]] if toman else shown


@cache
def _emblem() -> str:
    drawing = render_to_string("septam/emblem.html")
    return drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
