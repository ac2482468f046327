"""A line keeps its connections, never sends anything twice, and is held to the bounds of every outside call."""

import ssl
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
import requests
import urllib3

from septam import wire
from tests.septam.test_wire import Odd

TIMEOUTS = (2.0, 2.0)


class Peer(ThreadingHTTPServer):
    """Counts who connects and what arrives."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.connections = 0
        self.bodies: list[bytes] = []
        self.encodings: set[str | None] = set()
        self.hung_up = threading.Event()

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.hung_up.set()


class Asked(Odd):
    """The odd answers, to a POST."""

    server: Peer

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.encodings.add(self.headers["Accept-Encoding"])
        self.do_GET()

    def gone(self) -> None:
        """The request has come, and the answer never does."""
        self.close_connection = True

    def last(self) -> None:
        """Answers, and hangs up without saying so."""
        self.head(Content_Length="2")
        self.wfile.write(b"ok")
        self.close_connection = True


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def line(peer: Peer, path: str) -> wire.Line:
    return wire.Line(f"{peer.url}/{path}", TIMEOUTS)


def test_one_connection_carries_one_call_after_the_other(peer: Peer) -> None:
    kept = line(peer, "pieces")
    assert [kept.post(body, {}) for body in (b"1", b"2", b"3")] == [wire.Reply(200, b"hello!")] * 3
    assert (peer.connections, peer.bodies) == (1, [b"1", b"2", b"3"])
    assert peer.encodings == {"identity"}


def test_a_connection_that_was_idle_for_long_is_not_trusted(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = line(peer, "pieces")
    kept.post(b"1", {})
    monkeypatch.setattr(wire, "IDLE_SECONDS", 0)
    assert kept.post(b"2", {}).body == b"hello!"
    assert peer.connections == 2


def test_a_connection_that_the_other_side_ended_is_made_anew(peer: Peer) -> None:
    kept = line(peer, "last")
    assert kept.post(b"1", {}).body == b"ok"
    assert peer.hung_up.wait(5)
    assert kept.post(b"2", {}).body == b"ok"
    assert (peer.connections, peer.bodies) == (2, [b"1", b"2"])


def test_what_was_sent_and_not_answered_is_never_sent_again(peer: Peer) -> None:
    lost = line(peer, "gone")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        lost.post(b"1", {})
    assert peer.bodies == [b"1"]


@pytest.mark.parametrize("path", ["trickle", "long", "endless", "broken"])
def test_what_is_no_banks_answer_is_given_up_and_its_connection_with_it(
    peer: Peer, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "WHOLE_ANSWER_SECONDS", 0.3)
    odd = line(peer, path)
    for _again in range(2):
        with pytest.raises((urllib3.exceptions.HTTPError, requests.RequestException)):
            odd.post(b"1", {})
    assert peer.connections == 2


def test_a_redirect_is_an_answer_and_is_not_followed(peer: Peer) -> None:
    assert line(peer, "elsewhere").post(b"1", {}) == wire.Reply(302, b"")
    assert len(peer.bodies) == 1


def test_no_proxy_of_the_environment_is_used(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert line(peer, "pieces").post(b"1", {}).status == 200


def test_an_encrypted_line_asks_who_is_there() -> None:
    pool = wire.Line("https://bank.invalid/pay?a=1", TIMEOUTS)._pool
    trust = pool.conn_kw["ssl_context"]
    assert (trust.verify_mode, trust.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert trust.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_peer_that_does_not_speak_tls_is_told_nothing(peer: Peer) -> None:
    with pytest.raises(urllib3.exceptions.HTTPError):
        wire.Line(peer.url.replace("http:", "https:"), TIMEOUTS).post(b"secret", {})
    assert peer.bodies == []


def test_an_answer_is_not_in_its_repr() -> None:
    assert "secret" not in repr(wire.Reply(200, b"secret"))
