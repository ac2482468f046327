"""What the paper of a certificate costs the worker, once typst is warm, and how large it is."""

import statistics

from bench.stack import Stack
from bench.table import Row
from bench.yardstick import Yardstick

PAPERS, ROUNDS = 30, 5
RATIO, LARGEST = 8, 60 * 1024


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """The rows of the table."""
    ratios, largest = [], 0
    for _number in range(ROUNDS):
        beside = yardstick.signed_in()
        made = stack.run("bench.certificates_run", str(PAPERS))
        ratios.append(made["seconds"] / beside)
        largest = max(largest, made["bytes"])
    ratio = statistics.median(ratios)
    shown = ", ".join(f"{one:.2f}" for one in ratios)
    return [
        Row("PDF of a certificate, warm: CPU", f"≤ {RATIO} × the bare page", f"{ratio:.2f} × ({shown})", ratio <= RATIO),
        Row("  its size, the longest names", f"≤ {LARGEST // 1024} KB", f"{largest / 1024:.1f} KB", largest <= LARGEST),
    ], []  # fmt: skip
