"""The walkers' language spoken to WebKitGTK by W3C WebDriver, with a screen of its own that nobody sees.

The driver opens the little browser that comes with the engine.
"""

import base64
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from tests.browser.walkers import FIND, Outside, wait_for_port

# Nothing but loopback is reached.
PROXY = {
    "proxyType": "manual", "httpProxy": "127.0.0.1:9", "sslProxy": "127.0.0.1:9",
    "noProxy": ["127.0.0.1", "localhost"],
}  # fmt: skip
DIRECT = build_opener(ProxyHandler({}))


class WebKit(Outside):
    """WebKitGTK's own little browser."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}/session"
        capabilities = {"alwaysMatch": {"proxy": PROXY}}
        opened = self._ask("POST", "", seconds=12, capabilities=capabilities)
        self._root += f"/{opened['sessionId']}"
        self._ask("POST", "/window/rect", width=360, height=740)

    def _ask(self, method: str, path: str, seconds: int = 40, **parameters: object) -> Any:
        """A command's value. Raises AssertionError with its error."""
        body = json.dumps(parameters).encode() if method == "POST" else None
        request = Request(
            self._root + path, body, {"Content-Type": "application/json"}, method=method
        )
        try:
            with DIRECT.open(request, timeout=seconds) as answer:
                return json.load(answer)["value"]
        except HTTPError as refused:
            raise AssertionError(refused.read().decode()) from refused

    def run(self, script: str, *args: object) -> Any:
        """The value of a function's body in the page."""
        return self._ask("POST", "/execute/sync", script=FIND + script, args=args)

    def open(self, url: str) -> None:
        """Go to an address."""
        self._ask("POST", "/url", url=url)

    def shot(self, path: Path) -> None:
        """Take a picture of what stands in the window."""
        path.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def close(self) -> None:
        """End the browser."""
        self._ask("DELETE", "")


@contextmanager
def _screen(log: Any) -> Iterator[str]:
    """The name of a screen that nobody sees."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "800x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        try:
            assert process.stdout is not None
            yield f":{process.stdout.readline().strip()}"
        finally:
            process.terminate()


@contextmanager
def _driver(port: int, environment: dict[str, str], log: Any) -> Iterator[None]:
    """A driver, ended together with the browser that it opened."""
    process = subprocess.Popen(
        ["WebKitWebDriver", f"--port={port}"],
        stdout=log, stderr=log, env=environment, start_new_session=True,
    )  # fmt: skip
    try:
        wait_for_port(port, "WebKitWebDriver").close()
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _opened(stack: ExitStack, port: int, environment: dict[str, str], log: Any) -> WebKit:
    """On a busy machine the driver and its browser now and then wait for each other for ever: then both begin anew."""
    for left in (2, 1, 0):
        with ExitStack() as tried:
            tried.enter_context(_driver(port, environment, log))
            try:
                walker = WebKit(port)
            except TimeoutError:
                if not left:
                    raise
            else:
                stack.enter_context(tried.pop_all())
                return walker
    raise AssertionError("WebKitGTK did not start")


@contextmanager
def webkit(folder: Path, port: int) -> Iterator[WebKit]:
    """A WebKitGTK that keeps what it writes in a folder of its own."""
    with (folder / "webkit.log").open("wb") as log, _screen(log) as display, ExitStack() as stack:
        environment = os.environ | {"DISPLAY": display, "HOME": str(folder), "GDK_BACKEND": "x11"}
        walker = _opened(stack, port, environment, log)
        yield walker
        walker.close()
