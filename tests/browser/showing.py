"""The registry's rendered pages on a port, for every browser, and a window on them in Chromium."""

import mimetypes
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.contrib.staticfiles import finders
from playwright.sync_api import Page

from tests.front.scene import Rendered

STATIC = Path(__file__).resolve().parents[2] / "static"
# As on a phone that has been here: the next page asks for nothing anew.
KEPT = {"Cache-Control": "max-age=600"}


@cache
def _static(name: str) -> Path | None:
    """Ours, or the office's, which comes from Django's own folder."""
    found = finders.find(name)
    return Path(found) if found else None


class _Desk(BaseHTTPRequestHandler):
    """/NAME/ is a rendered page, /static/… a file of ours; all else is a picture."""

    pages: Mapping[str, Rendered] = {}

    def do_GET(self) -> None:
        """Answer with the page, the file, or the picture."""
        path = self.path.split("?")[0].strip("/")
        if path in self.pages:
            shown = self.pages[path]
            policy = {"Content-Security-Policy": shown.policy} if shown.policy else {}
            self._answer(shown.html.encode(), "text/html; charset=utf-8", policy)
        elif path.startswith("static/") and (file := _static(path.removeprefix("static/"))):
            self._answer(
                file.read_bytes(), mimetypes.guess_type(file.name)[0] or "font/woff2", KEPT
            )
        else:
            self._answer((STATIC / "favicon.svg").read_bytes(), "image/svg+xml", KEPT)

    def _answer(self, body: bytes, kind: str, headers: Mapping[str, str]) -> None:
        self.send_response(200)
        lines = {"Content-Type": kind, "Content-Length": str(len(body)), **headers}
        for name, value in lines.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def showing(pages: list[Rendered]) -> Iterator[str]:
    """The address before the pages' names, while they are shown there."""
    kind = type("Desk", (_Desk,), {"pages": {shown.page.name: shown for shown in pages}})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class Showcase:
    """A window on the pages at an address, and what the browser complained of."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.messages: list[str] = []
        page.on(
            "console",
            lambda message: (
                self.messages.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda error: self.messages.append(str(error)))

    def show(self, shown: Rendered) -> None:
        """Open one page."""
        self.messages.clear()
        self.page.goto(f"{self.address}/{shown.page.name}/")
