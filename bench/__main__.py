"""`make bench`: measures, prints the table, and keeps it in bench/results.md. Words choose benches; none: all but the long ones, «office» and «forgetting».

python -m bench [purchase] [pages] [suggestions] [certificates] [passwords] [memory] [surges] [start] [outbox] …
"""

import sys
from collections.abc import Callable

from bench import (
    booking,
    certificates,
    forgetting,
    memory,
    office,
    outbox,
    pages,
    passwords,
    purchase,
    start,
    suggestions,
    surges,
    table,
    weight,
)
from bench.stack import Stack, running
from bench.table import Row
from bench.yardstick import Yardstick

Bench = Callable[[Stack, Yardstick], tuple[list[Row], list[str]]]
# Another bench is another module with a `measure`, and a line here.
BENCHES: dict[str, Bench] = {
    "purchase": purchase.measure,
    "pages": pages.measure,
    "suggestions": suggestions.measure,
    "certificates": certificates.measure,
    "passwords": passwords.measure,
    "memory": memory.measure,
    "surges": surges.measure,
    "start": start.measure,
    "outbox": outbox.measure,
    "booking": booking.measure,
    "weight": weight.measure,
    "office": office.measure,
    "forgetting": forgetting.measure,
}
# What takes many minutes runs when it is asked for.
USUAL = tuple(name for name in BENCHES if name not in {"office", "forgetting"})


def main(chosen: list[str]) -> int:
    """1 if a goal is missed."""
    unknown = set(chosen) - set(BENCHES)
    if unknown:
        print(f"bench: no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
        return 2
    rows: list[Row] = []
    with running() as stack:
        yardstick = Yardstick(stack)
        for name in chosen or USUAL:
            print(f"measuring: {name} …", flush=True)
            measured, more = BENCHES[name](stack, yardstick)
            table.write(name, measured, more)
            rows += measured
    print(table.text(rows))
    return 0 if all(row.holds is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
