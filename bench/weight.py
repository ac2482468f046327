"""What pages weigh on the wire and how soon they show on a slow line, and what Lighthouse says of five of them.

Served as in production: by granian with static files that lie compressed, over TLS and HTTP/2. Bytes are those of the
network, headers included.
"""

import gzip
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import lighthouse, phone, tls
from bench.clients import Browser
from bench.phone import Phone, Visit
from bench.stack import CLONE, Stack
from bench.table import Row
from bench.yardstick import Yardstick

KBIT, LATENCY_MS, SLOWER = 150, 600, 4
FIRST_ALL, FIRST, LATER = 60 * 1024, 12 * 1024, 4 * 1024
FIRST_PAINT, LATER_PAINT = 2.5, 1.2
STYLE, SCRIPTS = 6 * 1024, 8 * 1024
# One first visit in five or so is half a second late: the font's first bytes come before the style sheet's.
TRIES = 5
ENTRANCES = ("/", "/register/", "/check/")
PUBLIC = (
    "/",
    "/register/",
    "/sign-in/",
    "/check/",
    "/prices/",
    "/guide/",
    "/faq/",
    "/support/",
    "/terms/",
)
OWNED = (
    "/places/", "/cart/", "/history/", "/notices/", "/orders/", "/profile/", "/places/{ready}/edit/",
    "/places/{ready}/request/", "/support/write/",
)  # fmt: skip
Open = Callable[..., Phone]


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """The rows of the table, and notes below it."""
    rows, notes = list(_files()), []
    (seed,) = stack.run("bench.seed", "1", "3")
    session, (asked, ready, *_rest) = seed["session"], seed["places"]
    _fill_cart(stack, session, asked)
    owned = tuple(path.format(ready=ready) for path in OWNED)
    try:
        with tls.serving(stack) as (url, trust), phone.browser(trust) as chromium:

            def opened(*, signed_in: bool = False) -> Phone:
                return Phone(chromium, url, session if signed_in else "")

            rows += _weights(opened, owned)
            rows += _paints(opened, owned)
            scores, more = lighthouse.rows(url, trust, session)
            rows, notes = rows + scores, notes + more
    except LookupError as missing:
        notes.append(f"Pages in a browser were left out: {missing}.")
    return rows, notes


def _fill_cart(stack: Stack, session: str, place: int) -> None:
    owner = Browser(stack.url, session)
    owner.get(f"/places/{place}/request/")
    owner.post(f"/places/{place}/request/", {"answer": "yes"})


def _files() -> Iterator[Row]:
    """The style sheet and the scripts, as gzip packs them."""
    static = CLONE / "static"
    style = _packed([static / "css" / "portal.css"])
    scripts = _packed([one for one in sorted((static / "js").glob("*.js")) if one.stem != "office"])
    yield Row("style sheet, gzip", f"≤ {_kb(STYLE)}", _kb(style), style <= STYLE)
    yield Row("all scripts of the portal, gzip", f"≤ {_kb(SCRIPTS)}", _kb(scripts), scripts <= SCRIPTS)  # fmt: skip


def _packed(files: list[Path]) -> int:
    return sum(len(gzip.compress(one.read_bytes(), 9)) for one in files)


def _weights(opened: Open, owned: tuple[str, ...]) -> Iterator[Row]:
    for path in ENTRANCES:
        visitor = opened()
        seen = visitor.visit(path)
        visitor.close()
        bare = seen.total - seen.font
        figure = f"{_kb(seen.total)}, {_kb(bare)} without the font"
        yield Row(f"first visit, {path}", f"≤ {_kb(FIRST_ALL)}, {_kb(FIRST)} without the font", figure, seen.total <= FIRST_ALL and bare <= FIRST)  # fmt: skip
    for paths, signed_in in ((PUBLIC, False), (owned, True)):
        visitor = opened(signed_in=signed_in)
        visitor.visit("/")
        for path in paths:
            yield _later(path, visitor.visit(path), visitor.visit(path))
        visitor.close()


def _later(path: str, first: Visit, again: Visit) -> Row:
    scripts = sum(size for name, size in first.wire.items() if name.endswith(".js"))
    pictures = sum(size for name, size in first.wire.items() if name.endswith(PICTURES))
    bare = first.total - scripts - pictures
    figure = _kb(bare)
    if scripts:
        figure += f" (and once {_kb(scripts)} of scripts)"
    if pictures:
        figure += f" (and {_kb(pictures)} of pictures)"
    return Row(f"later, {path}", f"≤ {_kb(LATER)}", figure, max(bare, again.total) <= LATER)


PICTURES = (".webp", ".png", ".svg", ".jpg", "/captcha/")


def _paints(opened: Open, owned: tuple[str, ...]) -> Iterator[Row]:
    first: dict[str, list[Visit]] = {path: [] for path in ENTRANCES}
    later: dict[str, list[Visit]] = {path: [] for path in (*PUBLIC, *owned)}
    for _try in range(TRIES):
        for path, visits in first.items():
            visitor = _slow(opened())
            visits.append(visitor.visit(path))
            visitor.close()
        for paths, signed_in in ((PUBLIC, False), (owned, True)):
            visitor = opened(signed_in=signed_in)
            visitor.visit("/")
            _slow(visitor)
            for path in paths:
                later[path].append(visitor.visit(path))
            visitor.close()
    line = f"{KBIT} kbit/s, {LATENCY_MS} ms"
    for path, visits in first.items():
        yield _paint(f"first paint, {line}: first visit, {path}", FIRST_PAINT, visits)
    slowest = max(later, key=lambda path: _median(later[path]))
    yield _paint(f"first paint, {line}: later, slowest of {len(later)}: {slowest}", LATER_PAINT, later[slowest])  # fmt: skip
    shifts = {path: max(one.shift for one in visits) for path, visits in (first | later).items()}
    worst = max(shifts, key=lambda path: shifts[path])
    figure = f"{shifts[worst]:.4f}" + (f" ({worst})" if shifts[worst] else "")
    yield Row("layout shift, first visits and later pages", "0", figure, shifts[worst] == 0)


def _slow(visitor: Phone) -> Phone:
    visitor.line(KBIT, LATENCY_MS, SLOWER)
    return visitor


def _median(visits: list[Visit]) -> float:
    return statistics.median(one.paint for one in visits)


def _paint(what: str, goal: float, visits: list[Visit]) -> Row:
    median = _median(visits)
    tries = ", ".join(f"{one.paint:.2f}" for one in visits)
    return Row(what, f"≤ {goal} s", f"{median:.2f} s ({tries})", 0 < median <= goal)


def _kb(size: int) -> str:
    return f"{size / 1024:.1f} KB"
