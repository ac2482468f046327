"""The registry's rendered pages on a port, for engines whose requests cannot be answered from inside a test."""

import mimetypes
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.front.scene import Rendered

STATIC = Path(__file__).resolve().parents[2] / "static"


class _Desk(BaseHTTPRequestHandler):
    """/NAME/ is a rendered page, /static/… a file of ours; all else is a picture."""

    pages: Mapping[str, Rendered] = {}

    def do_GET(self) -> None:
        """Answer with the page, the file, or the picture."""
        path = self.path.split("?")[0].strip("/")
        file = STATIC / path.removeprefix("static/")
        if path in self.pages:
            shown = self.pages[path]
            self._answer(shown.html.encode(), "text/html; charset=utf-8", shown.policy)
        elif path.startswith("static/") and ".." not in path and file.is_file():
            self._answer(file.read_bytes(), mimetypes.guess_type(file.name)[0] or "font/woff2")
        else:
            self._answer((STATIC / "favicon.svg").read_bytes(), "image/svg+xml")

    def _answer(self, body: bytes, kind: str, policy: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if policy:
            self.send_header("Content-Security-Policy", policy)
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
