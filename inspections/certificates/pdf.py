"""The certificate on paper: made by the worker with typst, kept in storage, streamed by the web.

Two papers a certificate: the owner's with the holder's name, and the public one without it.
"""

import io
import json
import logging
import re
from functools import cache, lru_cache, partial
from typing import Any, Literal

import segno
import typst
from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from inspections.certificates import validity
from inspections.models import Certificate
from septam import jalali, kept_files
from septam.digits import to_persian
from sites.models import Level

logger = logging.getLogger(__name__)
FOLDER = "certificates"
_FOLDER = settings.BASE_DIR / "inspections" / "typst"
_FONTS = settings.BASE_DIR / "static" / "fonts" / "ttf"
_BATCH = 50
# Left-to-right isolate and its end: without them a code's parts change places in a Persian line.
_LRI, _PDI = "\u2066", "\u2069"
# Where a line may end inside a word that is longer than any real one.
_BREAK, _LONGEST_WORD = "\u200b", 24


def make_missing() -> int:
    """Make the papers that are not there yet, newest first; returns how many certificates were served.

    One that cannot be made is logged and does not hold up the others.
    """
    waiting = Certificate.objects.filter(Q(pdf="") | Q(public_pdf="")).order_by("-id")[:_BATCH]
    return sum(_make(certificate) for certificate in waiting)


def _make(certificate: Certificate) -> bool:
    try:
        _store(certificate, "pdf", paper(certificate))
        _store(certificate, "public_pdf", paper(certificate, with_holder=False))
    except (typst.TypstError, OSError):
        logger.exception("no paper of certificate %s", certificate.pk)
        return False
    return True


def _store(certificate: Certificate, field_name: str, content: bytes) -> None:
    """Keep a paper, unless another worker was quicker: then ours is dropped."""
    if getattr(certificate, field_name):
        return
    with kept_files.written() as files:
        name = files.write(FOLDER, "pdf", content)
        missing = Certificate.objects.filter(pk=certificate.pk, **{field_name: ""})
        if missing.update(**{field_name: name}):
            files.take(name)
            setattr(certificate, field_name, name)


def paper(certificate: Certificate, *, with_holder: bool = True) -> bytes:
    """The PDF of one A4 sheet. Raises typst.TypstError."""
    return _compile(certificate, with_holder, "pdf")


def picture(certificate: Certificate, *, ppi: float = 110) -> bytes:
    """The same sheet as PNG."""
    return _compile(certificate, True, "png", ppi)


def _compile(
    certificate: Certificate,
    with_holder: bool,
    kind: Literal["pdf", "png"],
    ppi: float | None = None,
) -> bytes:
    """Names that need a smaller size than most are found out by trying: measuring each sheet doubled its cost."""
    inputs = {"data": json.dumps(_words(certificate, with_holder), ensure_ascii=False)}
    make: Any = partial(
        typst.compile, _FOLDER / "certificate.typ", root=_FOLDER, font_paths=_fonts(),
        ignore_system_fonts=True, format=kind, ppi=ppi,
    )  # fmt: skip
    try:
        compiled = make(sys_inputs=inputs)
    except typst.TypstError:
        compiled = make(sys_inputs=inputs | {"long": "yes"})
    return bytes(compiled)


@cache
def _fonts() -> typst.Fonts:
    """Ours alone, read once a process: reading them anew, with those that typst brings, took longer than the paper."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)]
    )


def _words(certificate: Certificate, with_holder: bool) -> dict[str, object]:
    address = validity.public_address(certificate)
    return {
        "portal": _("Septam, portal of visual surveillance certificates"),
        "title": _("Visual surveillance certificate"),
        "number": _isolated(to_persian(validity.grouped(certificate.number))),
        "latin_number": validity.grouped(certificate.number),
        "sentence": _(
            "The video surveillance equipment of this place meets the rules of its trade:"
        ),
        "place": _breakable(certificate.snapshot["title"]),
        "facts": _facts(certificate, with_holder),
        "signature": [
            [_("Laboratory"), _breakable(certificate.snapshot["laboratory"])],
            [_("Signatory"), _breakable(certificate.signatory)],
        ],
        "sign_here": _("Signature and seal"),
        "check_here": _("Check of this certificate"),
        "address": re.sub(r"([/.])", rf"\1{_BREAK}", address),
        "hint": _("Check it on this address alone: %(site)s")
        % {"site": _isolated(settings.BASE_URL)},
        "qr": _qr(address),
        "emblem": _emblem(),
    }


def _facts(certificate: Certificate, with_holder: bool) -> list[list[str]]:
    data = certificate.snapshot
    facts = [
        [_("Holder of the licence"), data["holder"] if with_holder else ""],
        [_("Name on the sign"), data.get("sign_name", "")],
        [_("Category"), data["category"]],
        [_("Level"), str(Level(certificate.level).label)],
        [_("City"), data["city_label"]],
        [_("Postal code"), _isolated(to_persian(data["postal_code"])) if with_holder else ""],
        [_("Issue date"), _isolated(jalali.format_date(validity.first_day(certificate)))],
        [_("Expiry date"), _isolated(jalali.format_date(validity.last_day(certificate)))],
    ]
    return [[label, _breakable(value)] for label, value in facts if value]


def _breakable(text: str) -> str:
    """A word that no line could hold may be broken."""
    return re.sub(rf"\S{{{_LONGEST_WORD}}}(?=\S)", lambda found: found[0] + _BREAK, text)


def _isolated(text: str) -> str:
    return f"{_LRI}{text}{_PDI}"


@lru_cache(maxsize=64)
def _qr(address: str) -> str:
    """Once for both papers of a certificate: it takes a third of the time of one."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=2, dark="#000", light="#fff")
    return out.getvalue().decode()


@cache
def _emblem() -> str:
    drawing = render_to_string("septam/emblem.html")
    return drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
