"""Answers are read as far as a bank's can reach: not longer, not slower, from nobody else."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from septam import wire


class Odd(BaseHTTPRequestHandler):
    """A server that answers in odd ways, by the address."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        try:
            getattr(self, self.path.strip("/"))()
        except OSError:
            self.close_connection = True

    def head(self, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def pieces(self) -> None:
        self.head(Transfer_Encoding="chunked")
        for piece in (b"5\r\nhello\r\n", b"1\r\n!\r\n", b"0\r\n\r\n"):
            self.wfile.write(piece)
            self.wfile.flush()

    def trickle(self) -> None:
        self.head(Content_Length="1000")
        for _byte in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def long(self) -> None:
        self.head(Content_Length=str(20_000_000))
        self.wfile.write(b"0" * 20_000_000)

    def endless(self) -> None:
        self.head(Transfer_Encoding="chunked")
        for _piece in range(10_000):
            self.wfile.write(b"1000\r\n" + b"0" * 4096 + b"\r\n")

    def elsewhere(self) -> None:
        self.head(302, Location="/pieces", Content_Length="0")

    def broken(self) -> None:
        self.head(Content_Length="50")
        self.wfile.write(b"abc")
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def get(url: str) -> bytes:
    with wire.session() as session:
        return session.get(url, timeout=(2, 2)).content


def test_an_answer_in_pieces_is_read_whole(url: str) -> None:
    assert get(f"{url}/pieces") == b"hello!"


@pytest.mark.parametrize("path", ["trickle", "long", "endless", "elsewhere", "broken"])
def test_what_is_no_banks_answer_is_given_up_soon(
    url: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "WHOLE_ANSWER_SECONDS", 0.3)
    began = time.monotonic()
    with pytest.raises(requests.RequestException):
        get(f"{url}/{path}")
    assert time.monotonic() - began < 3


def test_no_proxy_of_the_environment_is_used(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert get(f"{url}/pieces") == b"hello!"


def test_a_bank_is_asked_for_plain_bytes() -> None:
    assert wire.session().headers["Accept-Encoding"] == "identity"
