"""Writes the pages that the web server in front shows where the portal does not answer: `manage.py error_pages FOLDER`.

Each is one file with its styles inside, since nothing else may be there to be asked.
"""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management.base import BaseCommand, CommandParser
from django.template.loader import render_to_string

NAMES = ("413.html", "503.html")


class Command(BaseCommand):
    """See the module."""

    help = "Writes 413.html and 503.html for the web server in front."

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder, which is made if need be."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Write them."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            (folder / name).write_text(whole(name), encoding="utf-8")
            self.stdout.write(str(folder / name))


def whole(name: str) -> str:
    """The page with its style sheet inside and nothing else to fetch but the font, which may be missing."""
    sheet = Path(str(finders.find("css/portal.css"))).read_text(encoding="utf-8")
    sheet = re.sub(r"/\*.*?\*/\s*", "", sheet, flags=re.DOTALL)
    sheet = sheet.replace("../", settings.STATIC_URL)
    page = re.sub(r'<link rel="icon"[^>]*>\n', "", render_to_string(name))
    return re.sub(r'<link rel="stylesheet"[^>]*>', lambda _found: f"<style>\n{sheet}</style>", page)
