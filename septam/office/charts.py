"""Charts as SVG made on the server: they need no script and no style attribute, and are read out by their title and description.

Time runs from right to left, as the page is read. Colours and fonts come from classes of `office.css`, so that they follow
the dark scheme. Values are whole numbers; each chart is to stand beside a table with the same figures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from septam.digits import to_persian

WIDTH = 400
# Of columns and lines: the drawing, without the line of labels below and of the highest value above.
HEIGHT, ABOVE, BELOW = 150, 24, 26
# Labels of time stand at most so many in a line of WIDTH.
MOST_LABELS = 6
MOST_VALUES = 14
ROW = 42
BAR = 10


@dataclass(frozen=True)
class Bar:
    """One value with its label; `shown` is the value in words, `is_bad` gives it the colour of what is wrong."""

    label: str
    value: int
    shown: str = ""
    is_bad: bool = False

    @property
    def words(self) -> str:
        """The value as it is read."""
        return self.shown or to_persian(self.value)


def columns(key: str, title: str, bars: Sequence[Bar], told: str = "") -> SafeString:
    """Upright bars of one series, the first on the right. `key` is unique on the page; `told` stands for the description."""
    if not bars:
        return SafeString("")
    step = WIDTH / len(bars)
    width = max(2.0, min(48.0, step * 0.7))
    most = _most(bars)
    shapes = format_html_join(
        "", '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>',
        (
            (_tone(bar), _n(_middle(i, step) - width / 2), _n(_top(bar.value, most)), _n(width), _n(_size(bar.value, most)))
            for i, bar in enumerate(bars)
        ),
    )  # fmt: skip
    return _svg(
        key, title, told or _told(bars), ABOVE + HEIGHT + BELOW,
        [_ground(), shapes, _values(bars, step, most), _labels(bars, step)],
    )  # fmt: skip


def line(key: str, title: str, bars: Sequence[Bar], told: str = "", most: int = 0) -> SafeString:
    """A line through the values of one series, the first on the right; `most` is the highest value there can be."""
    if not bars:
        return SafeString("")
    step = WIDTH / len(bars)
    top = max(most, _most(bars))
    points = [(_middle(i, step), _top(bar.value, top)) for i, bar in enumerate(bars)]
    path = format_html(
        '<polyline class="chart-line" points="{}"/>',
        " ".join(f"{_n(x)},{_n(y)}" for x, y in points),
    )
    dots = format_html_join(
        "",
        '<circle class="chart-dot" cx="{}" cy="{}" r="3.5"/>',
        ((_n(x), _n(y)) for x, y in points),
    )
    return _svg(
        key, title, told or _told(bars), ABOVE + HEIGHT + BELOW,
        [_ground(), path, dots, _values(bars, step, top), _labels(bars, step)],
    )  # fmt: skip


def rows(key: str, title: str, bars: Sequence[Bar], told: str = "", most: int = 0) -> SafeString:
    """Lying bars below their labels, one a line, the first on top; for names of any length."""
    if not bars:
        return SafeString("")
    top = max(most, _most(bars))
    parts = [_row(i * ROW, bar, top) for i, bar in enumerate(bars)]
    return _svg(key, title, told or _told(bars), len(bars) * ROW, parts)


def _row(y: int, bar: Bar, most: int) -> SafeString:
    long = max(1.0, WIDTH * bar.value / most) if bar.value else 0.0
    return format_html(
        '<text class="chart-text" x="{0}" y="{1}" direction="rtl">{2}</text>'
        '<text class="chart-text" x="0" y="{1}" direction="rtl" text-anchor="end">{3}</text>'
        '<rect class="chart-rail" x="0" y="{4}" width="{0}" height="{5}" rx="5"/>'
        '<rect class="{6}" x="{7}" y="{4}" width="{8}" height="{5}" rx="5"/>',
        WIDTH, y + 16, bar.label, bar.words, y + 23, BAR, _tone(bar), _n(WIDTH - long), _n(long),
    )  # fmt: skip


def _svg(key: str, title: str, told: str, height: int, parts: Sequence[SafeString]) -> SafeString:
    return format_html(
        '<svg class="chart" viewBox="0 0 {0} {1}" role="img" aria-labelledby="{2}-title {2}-told">'
        '<title id="{2}-title">{3}</title><desc id="{2}-told">{4}</desc>{5}</svg>',
        WIDTH, height, key, title, told, format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def _ground() -> SafeString:
    return format_html(
        '<line class="chart-ground" x1="0" y1="{0}" x2="{1}" y2="{0}"/>', ABOVE + HEIGHT, WIDTH
    )


def _labels(bars: Sequence[Bar], step: float) -> SafeString:
    every = -(-len(bars) // MOST_LABELS)
    return _texts((_middle(i, step), ABOVE + HEIGHT + 18, bar.label) for i, bar in enumerate(bars) if i % every == 0)  # fmt: skip


def _values(bars: Sequence[Bar], step: float, most: int) -> SafeString:
    """Each value above its bar; where there are many, the highest alone."""
    highest = max(range(len(bars)), key=lambda i: bars[i].value)
    told = [highest] if len(bars) > MOST_VALUES or _crowded(bars, step) else range(len(bars))
    return _texts(
        (_middle(i, step), _top(bars[i].value, most) - 6, bars[i].words)
        for i in told
        if bars[i].value
    )


def _crowded(bars: Sequence[Bar], step: float) -> bool:
    return max(len(bar.words) for bar in bars) * 8.5 > step


def _texts(texts: Iterator[tuple[float, float, str]]) -> SafeString:
    """Centred, and never beyond the edges."""
    half = 4.2
    placed = (
        (_n(min(max(x, len(text) * half), WIDTH - len(text) * half)), _n(y), text)
        for x, y, text in texts
    )
    return format_html_join(
        "", '<text class="chart-text" x="{}" y="{}" text-anchor="middle">{}</text>', placed
    )


def _told(bars: Sequence[Bar]) -> str:
    return "؛ ".join(f"{bar.label}: {bar.words}" for bar in bars)


def _middle(index: int, step: float) -> float:
    return WIDTH - (index + 0.5) * step


def _size(value: int, most: int) -> float:
    return HEIGHT * value / most


def _top(value: int, most: int) -> float:
    return ABOVE + HEIGHT - _size(value, most)


def _most(bars: Sequence[Bar]) -> int:
    return max(1, *(bar.value for bar in bars)) if bars else 1


def _tone(bar: Bar) -> str:
    return "chart-bar chart-bad" if bar.is_bad else "chart-bar"


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")
