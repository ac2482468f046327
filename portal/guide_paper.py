"""The users' guide as a PDF, made by typst from the same words and pictures as the page."""

import hashlib
import json
from dataclasses import asdict

import typst
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from portal import guide_text

PAPER = guide_text.PICTURES / "septam-guide.pdf"
_TEMPLATE = settings.BASE_DIR / "portal" / "typst" / "guide.typ"


def edition() -> str:
    """What the words, the pictures and the layout are, as one digest; it stands in the PDF's keywords."""
    digest = hashlib.sha256(guide_text.EDITION.read_bytes() + _TEMPLATE.read_bytes())
    for picture in guide_text.guide().pictures:
        digest.update((settings.BASE_DIR / "static" / picture.file).read_bytes())
    return digest.hexdigest()[:20]


def paper() -> bytes:
    """The PDF. Raises typst.TypstError."""
    compiled: bytes = typst.compile(
        _TEMPLATE, root=settings.BASE_DIR, font_paths=[settings.BASE_DIR / "static" / "fonts" / "ttf"],
        ignore_system_fonts=True, format="pdf", sys_inputs={"data": json.dumps(_words(), ensure_ascii=False)},
    )  # fmt: skip
    return compiled


def _words() -> dict[str, object]:
    guide = guide_text.guide()
    sections = [
        {"anchor": section.anchor, "title": section.title, "blocks": [_block(one) for one in section.blocks]}
        for section in guide.sections
    ]  # fmt: skip
    emblem = render_to_string("septam/emblem.html")
    return {
        "title": guide.title,
        "portal": _("Septam"),
        "edition": edition(),
        "emblem": emblem.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1),
        "sections": sections,
    }


def _block(block: guide_text.Block) -> dict[str, object]:
    picture = block.picture
    shown = {"file": picture.file, "text": picture.text, "width": picture.width, "height": picture.height} if picture else None  # fmt: skip
    return asdict(block) | {"picture": shown}
