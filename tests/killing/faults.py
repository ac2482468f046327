"""`make faults`: purchases under each fault, and what was lost or happened twice: `python -m tests.killing.faults [--only WORD …]`.

On a Postgres of its own, which one of the faults restarts. Kills at each step are another run (`make kill-run`).
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "septam.settings")

from bench.drills import report
from tests.killing.stage import CLONE, Stage, own_server
from tools.postgres_cluster import Cluster

REPORT = CLONE / "docs" / "faults.md"
COLUMNS = ("fault", "goal", "tries", "lost", "doubled", "SMS twice", "ended", "verdict", "seen")
# By template a message has no id of ours by which it could be asked for or repeated safely. Where the provider says by
# its documented code that it did not send, it is believed: the next try is the second SMS. Once a lie, and only an SMS.
BELIEVED = "SMS: lies: sent, but says «busy»"
SPARE_SMS = {BELIEVED: 1}


@dataclass(frozen=True)
class Result:
    """One fault."""

    fault: str
    tries: int
    lost: int
    doubled: int
    doubled_sms: int
    ended: str
    holds: bool
    seen: str

    def row(self) -> tuple[object, ...]:
        """A line of the table."""
        verdict = "holds" if self.holds else "**broken**"
        spare = SPARE_SMS.get(self.fault, 0)
        goal = f"0, 0, SMS ≤ {spare} a lie" if spare else "0, 0, 0"
        return (
            self.fault, goal, self.tries, self.lost, self.doubled, self.doubled_sms, self.ended, verdict, self.seen or "–",
        )  # fmt: skip


def cases(cluster: Cluster) -> dict[str, Callable[..., object]]:
    """Every fault by its words."""
    from tests.killing import fault_cases as make

    verify, settle = "bpVerifyRequest", "bpSettleRequest"
    found: dict[str, Callable[..., object]] = {
        "Postgres restarted three times under load": lambda running, first: make.postgres_restarts(
            running, first, cluster
        ),
        "ten copies of each return, two web processes, two workers": make.two_of_each,
        "no room for media": make.full_media,
        "the portal's clock jumps a day ahead and back": make.clock_jumps(86_400),
        "the portal's clock jumps an hour back and forth": make.clock_jumps(-3_600),
    }
    for operation, word in ((verify, "verify"), (settle, "settle")):
        found |= {
            f"bank: {word} unanswered, not done": make.bank_fails(operation, "before"),
            f"bank: {word} done, its answer lost": make.bank_fails(operation, "after"),
            f"bank: {word} answered after 15 seconds": make.bank_fails(operation, "delay", seconds=15),
            f"bank: {word} says 502": make.bank_fails(operation, "http_502"),
            f"bank: {word} answers half an envelope": make.bank_fails(operation, "malformed"),
            f"bank: {word} answers nothing": make.bank_fails(operation, "empty"),
            f"bank: {word} lies: done, but says «system error»": make.bank_fails(operation, "code", value="34", executed=True),
        }  # fmt: skip
    found["bank: verify lies: «verified before», though it was not"] = make.bank_fails(
        verify, "code", value="43"
    )
    return found | {
        "SMS: unanswered, not sent": make.sms_fails("before"),
        "SMS: sent, its answer lost": make.sms_fails("after"),
        "SMS: answered after 15 seconds": make.sms_fails("delay", seconds=15),
        "SMS: says 502": make.sms_fails("http_502"),
        "SMS: answers half a document": make.sms_fails("malformed"),
        BELIEVED: make.sms_fails("code", value="409", executed=True),
    }


def try_out(running: Stage, fault: str, case: Callable[..., object], first: int) -> Result:
    """Let it happen, let all come to rest, and read both books."""
    from tests.killing.fault_cases import Hung
    from tests.killing.purchase import Books, books_of

    began = time.monotonic()
    try:
        made, seen = case(running, first)  # type: ignore[misc]
    except Hung as reason:
        return Result(fault, 0, 0, 0, 0, "", holds=False, seen=str(reason))
    running.sound("web")
    running.sound("worker")
    books: list[Books] = []
    for purchase in made:
        purchase.settle_down()
        books.append(books_of(purchase))
    states = sorted(state for one in books for state in one.states)
    ended = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    lost, twice = sum(one.lost for one in books), sum(one.doubled_sms for one in books)
    doubled = sum(one.doubled for one in books) - twice
    print(f"{fault}: {time.monotonic() - began:.0f} s", flush=True)
    spare = SPARE_SMS.get(fault, 0)
    holds = not lost and not doubled and all(
        one.agrees(spare) or ("needs_review" in one.states and one.doubled_sms <= spare)
        for one in books
    )  # fmt: skip
    return Result(fault, len(made), lost, doubled, twice, ended, holds, seen)


def run(only: list[str]) -> tuple[list[Result], list[str]]:
    """All of them on one stage, and what differs between all books in the end."""
    with own_server("faults") as (cluster, running, _folder):
        chosen = {
            fault: case
            for fault, case in cases(cluster).items()
            if not only or any(word in fault for word in only)
        }
        results = []
        for number, (fault, case) in enumerate(chosen.items()):
            results.append(try_out(running, fault, case, 1000 + 100 * number))
            print("| " + " | ".join(map(str, results[-1].row())) + " |", flush=True)
            if not only:
                keep(results, "not compared yet")
        from tests.billing.balance import differences, sales_of

        return results, differences(sales_of(running.ledger()))


def told(results: list[Result], differences: str) -> str:
    """The report so far."""
    tries = sum(one.tries for one in results)
    return (
        f"{len(results)} faults, {tries} purchases: lost {sum(one.lost for one in results)}, doubled"
        f" {sum(one.doubled for one in results)}, receipts that came twice {sum(one.doubled_sms for one in results)}."
        f" Differences between all books in the end: {differences}.\n\n"
        + report.table(COLUMNS, [one.row() for one in results])
    )


def keep(results: list[Result], differences: str) -> None:
    """After each fault, so that a run that is broken off leaves what it saw."""
    report.keep("faults", told(results, differences), REPORT)


def main() -> int:
    """1 where something was lost, happened twice beyond its goal, or hung."""
    parser = argparse.ArgumentParser(description="Purchases under faults")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    only = parser.parse_args().only
    results, differing = run(only)
    said = "; ".join(differing) or "none"
    print(told(results, said))
    if not only:
        keep(results, said)
    return 0 if all(one.holds for one in results) and not differing else 1


if __name__ == "__main__":
    sys.exit(main())
