"""A bank without sockets: the adapters' own requests, byte for byte, handed to the simulator's handler.

For runs of thousands of payments; what a real line does (timeouts, broken connections) is told by the tests that
use sockets, and here by the same exceptions.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from septam import wire
from simulators.web import BadRequestError, DroppedError, Request, Response, Simulator

_over_sockets = HTTPAdapter.send
_over_a_line = wire.Line.post


@contextmanager
def without_sockets(url: str, simulator: Simulator) -> Iterator[None]:
    """All requests of this process to `url` go straight to the simulator; others go their way."""

    def send(
        adapter: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **more: Any
    ) -> Any:
        if not str(request.url).startswith(url):
            return _over_sockets(adapter, request, *args, **more)
        return adapter.build_response(request, _answered(simulator, request))

    def post(line: wire.Line, body: bytes, headers: Mapping[str, str]) -> wire.Reply:
        if not line.url.startswith(url):
            return _over_a_line(line, body, headers)
        request = requests.Request("POST", line.url, dict(headers), data=body).prepare()
        answer = _answered(simulator, request)
        return wire.Reply(answer.status, answer.read())

    with patch.object(HTTPAdapter, "send", send), patch.object(wire.Line, "post", post):
        yield


def _answered(simulator: Simulator, request: requests.PreparedRequest) -> HTTPResponse:
    try:
        answer = simulator.handle(_arrived(request))
    except DroppedError as problem:
        raise requests.ConnectionError("the line was cut") from problem
    except BadRequestError as problem:
        answer = Response(str(problem).encode(), 400, "text/plain")
    headers = {"Content-Type": answer.content_type, "Content-Length": str(len(answer.body))}
    return HTTPResponse(
        body=BytesIO(answer.body), headers=headers | dict(answer.headers), status=answer.status,
        preload_content=False, decode_content=False,
    )  # fmt: skip


def _arrived(request: requests.PreparedRequest) -> Request:
    parts = urlsplit(str(request.url))
    body = request.body or b""
    return Request(
        request.method or "GET", parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)),
        {name.lower(): str(value) for name, value in request.headers.items()},
        body.encode() if isinstance(body, str) else bytes(body),
    )  # fmt: skip
