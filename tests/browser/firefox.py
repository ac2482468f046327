"""The walkers' language spoken to Firefox, by the protocol that it brings along (Marionette): no driver is needed."""

import base64
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser.walkers import FIND, Outside, wait_for_port

PROGRAMS = ("firefox-esr", "firefox")
# What it asks of its makers is not asked here, and nothing but loopback is reached.
SETTINGS = {
    "app.update.enabled": False, "browser.shell.checkDefaultBrowser": False, "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False, "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "network.proxy.type": 1, "network.proxy.http": "127.0.0.1", "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1, localhost", "toolkit.telemetry.enabled": False,
}  # fmt: skip
NO_COOKIES = {"network.cookie.cookieBehavior": 2}


class Firefox(Outside):
    """Firefox without a window."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._answers, self._number = line, line.makefile("rb"), 0
        self._read()  # its greeting
        self._ask("WebDriver:NewSession", pageLoadStrategy="normal")
        self._ask("WebDriver:SetWindowRect", width=360, height=740)

    def _ask(self, command: str, **parameters: object) -> Any:
        """A command's result. Raises AssertionError with its error."""
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._line.sendall(b"%d:%b" % (len(message), message))
        _kind, number, error, result = self._read()
        assert number == self._number
        if error:
            raise AssertionError(f"{error['error']}: {error['message']}")
        return result

    def _read(self) -> Any:
        """One message: its length, a colon, JSON."""
        length = b""
        while (sign := self._answers.read(1)) != b":":
            assert sign, "Firefox ended"
            length += sign
        return json.loads(self._answers.read(int(length)))

    def run(self, script: str, *args: object) -> Any:
        """The value of a function's body in the page."""
        return self._ask("WebDriver:ExecuteScript", script=FIND + script, args=args)["value"]

    def open(self, url: str) -> None:
        """Go to an address."""
        self._ask("WebDriver:Navigate", url=url)

    def shot(self, path: Path) -> None:
        """Take a picture of the whole page."""
        picture = self._ask("WebDriver:TakeScreenshot", full=True)["value"]
        path.write_bytes(base64.b64decode(picture))


@contextmanager
def firefox(folder: Path, port: int, more: dict[str, object] | None = None) -> Iterator[Firefox]:
    """A Firefox process with a profile of its own, and settings on top."""
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    profile = folder / "profile"
    profile.mkdir()
    settings = SETTINGS | {"marionette.port": port} | (more or {})
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in settings.items()]
    (profile / "user.js").write_text("".join(lines))
    command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    with (folder / "firefox.log").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            with wait_for_port(port, "Firefox") as line:
                yield Firefox(line)
        finally:
            process.terminate()
            process.wait()
