"""The users' guide as the portal shows it: `data/guide.md` in sections, with a picture for each step.

Three kinds of lines: a heading `## anchor title`, an item `- …`, a picture `[name] what it shows`; all else is a
paragraph. The words are those of `data/user-guide.fa.md`, the guide as its owners have it, which a test compares.
Page, PDF and the browsers' walk that takes the pictures read this module.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import NamedTuple

from django.conf import settings

EDITION = settings.BASE_DIR / "data" / "guide.md"
PICTURES = settings.BASE_DIR / "static" / "guide"
SIZES = settings.BASE_DIR / "data" / "guide_pictures.json"
_HEADING, _PICTURE = re.compile(r"## (\S+) (.+)"), re.compile(r"\[([a-z-]+)\] (.+)")


class Picture(NamedTuple):
    """A step on the screen, as phones see it and as wide screens do; sizes in CSS pixels."""

    name: str
    text: str
    phone_width: int
    phone_height: int
    width: int
    height: int

    @property
    def phone_file(self) -> str:
        """Below the static files."""
        return f"guide/{self.name}-phone.png"

    @property
    def file(self) -> str:
        """Below the static files."""
        return f"guide/{self.name}.png"


@dataclass(frozen=True)
class Block:
    """A paragraph, a list or a picture: one of them is filled."""

    paragraph: str = ""
    items: tuple[str, ...] = ()
    picture: Picture | None = None


@dataclass
class Section:
    """What stands under one heading; links lead to its anchor."""

    anchor: str
    title: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def pictures(self) -> list[Picture]:
        """Its pictures in order."""
        return [block.picture for block in self.blocks if block.picture]


class Guide(NamedTuple):
    """The whole."""

    title: str
    sections: tuple[Section, ...]

    @property
    def pictures(self) -> list[Picture]:
        """All pictures in order."""
        return [picture for section in self.sections for picture in section.pictures]


@cache
def guide() -> Guide:
    """The guide, read once a process."""
    lines = EDITION.read_text(encoding="utf-8").split("\n")
    sections: list[Section] = []
    for is_item, group in groupby((line for line in lines[1:] if line), lambda line: line.startswith("- ")):  # fmt: skip
        if is_item:
            items = tuple(line.removeprefix("- ") for line in group)
            sections[-1].blocks.append(Block(items=items))
        else:
            _read(group, sections)
    return Guide(lines[0].removeprefix("# "), tuple(sections))


def _read(lines: Iterator[str], sections: list[Section]) -> None:
    for line in lines:
        if heading := _HEADING.fullmatch(line):
            sections.append(Section(heading[1], heading[2]))
        elif shown := _PICTURE.fullmatch(line):
            sections[-1].blocks.append(Block(picture=_picture(shown[1], shown[2])))
        else:
            sections[-1].blocks.append(Block(paragraph=line))


def _picture(name: str, text: str) -> Picture:
    sizes: dict[str, list[int]] = _sizes()
    # A step that was just written has no picture yet; a test says so.
    phone_width, phone_height, width, height = sizes.get(name, [0, 0, 0, 0])
    return Picture(name, text, phone_width, phone_height, width, height)


@cache
def _sizes() -> dict[str, list[int]]:
    read: dict[str, list[int]] = json.loads(SIZES.read_text()) if SIZES.exists() else {}
    return read
