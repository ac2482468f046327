"""What both simulators need of HTTP: a request, an answer, a threaded server that can be stopped."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

LARGEST_BODY = 1_000_000
LOOPBACK = "127.0.0.1"


class DroppedError(Exception):
    """Close the connection without an answer, as a lost network would."""


class BadRequestError(Exception):
    """The caller of a control address sent something that cannot be used; the text says what."""


@dataclass(frozen=True)
class Request:
    """One HTTP request; header names are looked up without regard to case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        """Fields of an urlencoded body; empty ones are kept."""
        text = self.body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True))

    def json(self) -> Any:
        """The body as JSON; raises BadRequestError."""
        try:
            return json.loads(self.body or b"{}")
        except ValueError as error:
            raise BadRequestError("the body is not JSON") from error


@dataclass(frozen=True)
class Response:
    """One HTTP answer."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(value: object, status: int = 200) -> Response:
    """The value as JSON, Persian letters unescaped."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(body, status, "application/json; charset=utf-8")


def redirect(location: str) -> Response:
    """303: go on with a GET."""
    return Response(status=303, headers={"Location": location})


# What answers at an address, and how an answer is held back: cut short when the server stops.
Handler = Callable[[Request], Response]
Wait = Callable[[float], object]


class Simulator(Protocol):
    """What the server runs."""

    name: str
    stopping: threading.Event

    def handle(self, request: Request) -> Response:
        """Answer the request, or raise DroppedError or BadRequestError."""

    def close(self) -> None:
        """Let go of the data folder."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 60
    # As banks and providers do: a connection is kept for the next request, and an answer leaves at once.
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET  # noqa: N815  (the names that http.server looks for)

    def _serve(self) -> None:
        try:
            response = self._answer()
        except DroppedError:
            self._drop()
            return
        try:
            self._send(response)
        except OSError:
            # The client has gone (its own timeout); there is nobody to tell.
            self.close_connection = True

    def _answer(self) -> Response:
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()) or int(length) > LARGEST_BODY:
            # What was not read stands where the next request would.
            self.close_connection = True
            return Response(b"", 413)
        try:
            return self.server.simulator.handle(self._request(int(length)))
        except BadRequestError as error:
            return json_response({"error": str(error)}, 400)
        except DroppedError:
            raise
        except Exception:
            if not self.server.simulator.stopping.is_set():
                traceback.print_exc(file=sys.stderr)
            return Response(b"simulator error", 500, "text/plain")

    def _request(self, length: int) -> Request:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, parts.path, query, headers, body)

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in response.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _drop(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: paths carry the SMS key, and tracebacks are printed on their own."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    simulator: Simulator

    def __init__(self, *args: Any) -> None:
        # Connections that wait for their next request, too.
        self.open: set[socket.socket] = set()
        super().__init__(*args)

    def hang_up(self) -> None:
        """End every connection, so that nothing is answered any more."""
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def server_bind(self) -> None:
        # HTTPServer would ask the name service for the host's name, which can take seconds.
        socket_address = self.server_address
        self.allow_reuse_address = True
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(socket_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """A broken connection is the client's business; nothing is printed."""


class RunningServer:
    """A simulator that answers in a thread of this process until stop() is called."""

    def __init__(self, simulator: Simulator, port: int = 0) -> None:
        """Bind the port (0 = any free one); raises OSError when it is taken."""
        self.simulator = simulator
        self._server = _Server((LOOPBACK, port), _Handler)
        self._server.simulator = simulator
        self.port: int = self._server.server_port
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name=simulator.name, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop at once: waiting answers are cut short, the port and the data folder are freed."""
        self.simulator.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self._thread.join()
        self.simulator.close()

    def __enter__(self) -> RunningServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
