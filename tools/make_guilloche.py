"""Draw static/img/guilloche.svg: the frame of the certificate, as a border image of nine tiles.

    python tools/make_guilloche.py

A tile is 26 units wide, as in `border-image: … 26 round` of portal.css. An edge is six sine waves between two
lines, whole periods long, so that tiles meet without a seam; a corner is three rosettes in a square.
"""

import math
from collections.abc import Iterable
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "static" / "img" / "guilloche.svg"
TILE = 26
SIZE = 3 * TILE
MIDDLE = TILE / 2
INK = "#0b6360"
WAVES = [(8.5, quarter * math.pi / 2) for quarter in range(4)] + [(4, 0.0), (4, math.pi)]
ROSETTES = [(9.6, 0.28), (8.2, -0.28), (6.0, 0.28)]  # radius, depth of the eight petals

Point = tuple[float, float]


def path(points: Iterable[Point]) -> str:
    """The points as the data of an SVG path."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def wave(height: float, phase: float) -> list[Point]:
    """One period of a sine along the upper edge's tile."""
    turns = [step / TILE for step in range(TILE + 1)]
    return [(TILE + TILE * t, MIDDLE + height * math.sin(2 * math.pi * t + phase)) for t in turns]


def rosette(radius: float, depth: float) -> list[Point]:
    """A closed curve with eight petals in the right upper corner's tile's own middle."""
    points = []
    for step in range(65):
        angle = 2 * math.pi * step / 64
        reach = radius * (0.72 + depth * math.cos(8 * angle))
        points.append((MIDDLE + reach * math.cos(angle), MIDDLE + reach * math.sin(angle)))
    return points


def turned(name: str) -> str:
    """The same tile on the other three sides."""
    return "".join(
        f'<use xlink:href="#{name}" transform="rotate({angle} {SIZE / 2:g} {SIZE / 2:g})"/>'
        for angle in (90, 180, 270)
    )


def drawing() -> str:
    """The whole SVG file."""
    edge = "".join(path(wave(*shape)) for shape in WAVES)
    corner = "".join(path(rosette(*shape)) + "Z" for shape in ROSETTES)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}">
<g fill="none" stroke="{INK}" stroke-width=".7">
<g id="edge"><path d="{edge}"/><path stroke-width="1.3" d="M26 2.2H52M26 23.8H52"/></g>
<g id="corner"><path d="{corner}"/><path stroke-width="1.3" d="M2.2 26V2.2H26M23.8 26V23.8H26"/></g>
{turned("edge")}
{turned("corner")}
</g></svg>
"""


if __name__ == "__main__":
    TARGET.write_text(drawing(), encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")
