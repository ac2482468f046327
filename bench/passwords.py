"""What one check of a password costs beside Django's own argon2 with its own numbers."""

import statistics

from bench.stack import Stack
from bench.table import Row
from bench.yardstick import Yardstick

ROUNDS = 5
RATIO = 0.1


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """The row of the table."""
    found = [stack.run("bench.passwords_run") for _number in range(ROUNDS)]
    ratios = [one["ours"] / one["djangos"] for one in found]
    ratio = statistics.median(ratios)
    ours, djangos = (statistics.median(one[name] for one in found) for name in ("ours", "djangos"))
    figure = f"{ratio:.2f} × ({', '.join(f'{one:.2f}' for one in ratios)}): {ours * 1000:.0f} against {djangos * 1000:.0f} ms of CPU"
    return [Row("check of a password (19 MiB, t = 2, p = 1): CPU", f"≤ {RATIO} × Django's default", figure, ratio <= RATIO)], []  # fmt: skip
