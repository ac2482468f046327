"""A phone's browser on a slow line: the machine's Chromium, told by its devtools protocol what the line can do."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]  # fmt: skip
# What shifts is noted by the page itself; the paint is asked for once it is there.
_WATCH = """() => { window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(
  one => { if (!one.hadRecentInput) { window.shifted += one.value; } })).observe({type: 'layout-shift', buffered: true}); }"""
_PAINT = "() => { const all = performance.getEntriesByName('first-contentful-paint'); return all.length ? all[0].startTime : -1; }"


@dataclass(frozen=True)
class Visit:
    """One page as it came: bytes with headers, by the address without its host; seconds; sum of shifts."""

    wire: dict[str, int]
    paint: float
    shift: float

    @property
    def total(self) -> int:
        """Bytes on the wire."""
        return sum(self.wire.values())

    @property
    def font(self) -> int:
        """Bytes of the font alone."""
        return sum(size for path, size in self.wire.items() if path.endswith(".woff2"))


class Phone:
    """360 px wide, with a cache of its own that begins empty."""

    def __init__(self, browser: "Browser", url: str, session: str = "") -> None:
        self.url = url
        self._context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2, locale="fa-IR")  # fmt: skip
        if session:
            self._context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        self._page = self._context.new_page()
        self._page.set_default_timeout(60_000)
        self._devtools = self._context.new_cdp_session(self._page)
        self._devtools.send("Network.enable")
        self._addresses: dict[str, str] = {}
        self._wire: dict[str, int] = {}
        self._devtools.on("Network.requestWillBeSent", self._note_address)
        self._devtools.on("Network.responseReceived", self._note_cached)
        self._devtools.on("Network.loadingFinished", self._note_size)
        self._page.add_init_script(f"({_WATCH})()")

    def _note_address(self, event: dict[str, Any]) -> None:
        self._addresses[event["requestId"]] = event["request"]["url"].removeprefix(self.url)

    def _note_cached(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache") or event["response"]["url"].startswith("data:"):
            self._addresses.pop(event["requestId"], None)

    def _note_size(self, event: dict[str, Any]) -> None:
        if address := self._addresses.get(event["requestId"]):
            self._wire[address] = self._wire.get(address, 0) + int(event["encodedDataLength"])

    def line(self, kbit: float, latency_ms: float, slower: float) -> None:
        """Every page from here on comes over such a line, to a processor so many times slower."""
        bytes_a_second = kbit * 1000 / 8
        self._devtools.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": latency_ms, "downloadThroughput": bytes_a_second, "uploadThroughput": bytes_a_second},
        )  # fmt: skip
        self._devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})

    def visit(self, path: str) -> Visit:
        """Open a page and wait until all of it is there. Raises AssertionError for anything but 200."""
        self._wire.clear()
        answer = self._page.goto(self.url + path, wait_until="networkidle")
        status = answer.status if answer else None
        assert status == 200, f"{path}: {status}"
        paint = float(self._page.evaluate(_PAINT))
        return Visit(dict(self._wire), paint / 1000, float(self._page.evaluate("() => window.shifted")))  # fmt: skip

    def close(self) -> None:
        """Forget everything."""
        self._context.close()


@contextlib.contextmanager
def browser(*flags: str) -> "Iterator[Browser]":
    """The machine's Chromium, started with these too. Raises LookupError where it, or what drives it, is missing."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)  # fmt: skip
    if program is None:
        raise LookupError("Chromium is not installed")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise LookupError("Playwright is not installed (`make check` brings it)") from None
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=[*ARGS, *flags])
        yield started
        started.close()
