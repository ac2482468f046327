"""The kill run: `python -m tests.killing.run [--only NAME …] [--report docs/kill-run.md]`; `make kill-run` runs all of it.

For each failpoint on the way from the payment's begin to its receipt, and each process that passes it, a purchase
is made, the process is killed (−9) at the point and started again, the jobs run, and the bank's books are
compared with the portal's. Needs DATABASE_URL (tools/withdb.py).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "septam.settings")

from tests.killing.stage import CLONE, Stage, Survived, stage

if TYPE_CHECKING:
    from tests.killing.purchase import Books, Purchase

BEGIN, END = "<!-- kill run: begin -->", "<!-- kill run: end -->"


@dataclass(frozen=True)
class Case:
    """One process killed at one point; `way` says how the purchase gets there."""

    process: str
    point: str
    way: str


def _both_ends(name: str) -> list[str]:
    return [f"{name}.write", f"{name}.written"]


_START = [*_both_ends("payments.create"), "payments.start.answered", *_both_ends("payments.start")]
_CONFIRM = [
    *_both_ends("payments.lease"), "payments.verify.answered", *_both_ends("payments.verify"),
    "payments.settle.answered", *_both_ends("payments.settle"),
]  # fmt: skip
CASES = [
    *(Case("web", point, "start") for point in _START),
    *(Case("web", point, "callback") for point in [*_both_ends("payments.callback"), *_CONFIRM]),
    *(Case("worker", point, "job") for point in _CONFIRM),
    *(Case("worker", point, "abandon") for point in _both_ends("payments.abandon")),
    *(Case("worker", point, "sms") for point in [*_both_ends("sms.claim"), "sms.sending", "sms.answered", "sms.sent", "sms.provider_answered", "sms.clock_heeded"]),
    Case("worker", "sms.failed", "sms refused"),
    Case("worker", "sms.recovered", "sms stuck"),
    Case("worker", "sms.expired", "sms late"),
    *(Case("worker", point, "sms poll") for point in ["sms.deliveries.answered", *_both_ends("sms.delivery")]),
]  # fmt: skip
# Not on the way of this bank's payment: a bank that lists unconfirmed sales, the office's own steps, and what the
# outbox does when a provider fails, a claim is not finished, or a provider reports by itself.
ELSEWHERE = (
    "payments.found", "payments.unconfirmed", "review.", "refund.",
    "sms.asked", "sms.let_go", "sms.provider_failed", "sms.credit",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What became of one case."""

    case: Case
    at_death: str
    books: "Books"
    seconds: float


def run_case(running: Stage, case: Case, number: int) -> Row:
    """Make the purchase, kill, start again, let the jobs work, and read the books. Raises Survived."""
    from tests.killing.purchase import Purchase, books_of

    began = time.monotonic()
    purchase = Purchase.begin(running, number)
    WAYS[case.way](running, case, purchase)
    tries = purchase.order.attempts.order_by("-pk").values_list("state", flat=True)
    at_death = next(iter(tries), "none")
    worker = running.start("worker")
    web = running.start("web")
    try:
        _go_on(case, purchase)
        purchase.settle_down()
        return Row(case, at_death, books_of(purchase), time.monotonic() - began)
    finally:
        for child in (web, worker):
            running.stop(child)


def _go_on(case: Case, purchase: "Purchase") -> None:
    """What the payer does after the restart: another try where none could begin, a reload where nothing was kept."""
    if case.way == "start":
        assert purchase.go_to_bank()
        purchase.pay_at_bank()
    if case.way == "start" or case.point == "payments.callback.write":
        assert purchase.come_back()
    if case.way == "start":
        purchase.stage.pass_time(31 * 60)  # the dead try is given up


def _kill_at_start(running: Stage, case: Case, purchase: "Purchase") -> None:
    web = running.start("web", case.point)
    purchase.go_to_bank()
    running.await_death(web)


def _kill_at_callback(running: Stage, case: Case, purchase: "Purchase") -> None:
    web = running.start("web", case.point)
    assert purchase.go_to_bank()
    purchase.pay_at_bank()
    purchase.come_back()
    running.await_death(web)


def _pay(running: Stage, purchase: "Purchase", *, returns: bool = True) -> None:
    """The whole way with a sound web server."""
    running.sound("web")
    assert purchase.go_to_bank()
    purchase.pay_at_bank()
    if returns:
        assert purchase.come_back()


def _kill_in_job(running: Stage, case: Case, purchase: "Purchase") -> None:
    """The web hears nothing of the verify: the job has to ask."""
    running.fault("bank", "bpVerifyRequest", "before")
    _pay(running, purchase)
    running.pass_time(130)
    running.await_death(running.start("worker", case.point))


def _kill_at_giving_up(running: Stage, case: Case, purchase: "Purchase") -> None:
    """Paid at the bank, and the browser never came back: the bank returns the money by itself."""
    _pay(running, purchase, returns=False)
    running.pass_time(31 * 60)
    running.await_death(running.start("worker", case.point))


def _kill_at_receipt(running: Stage, case: Case, purchase: "Purchase") -> None:
    _pay(running, purchase)
    running.await_death(running.start("worker", case.point))


def _kill_at_refused_receipt(running: Stage, case: Case, purchase: "Purchase") -> None:
    _pay(running, purchase)
    running.fault("sms", "verify/lookup", "code", value="409")
    running.await_death(running.start("worker", case.point))


def _kill_at_recovery(running: Stage, case: Case, purchase: "Purchase") -> None:
    """A first worker dies over the message, a second one over what the first one left."""
    from tests.killing.purchase import forget_leases

    _pay(running, purchase)
    running.await_death(running.start("worker", "sms.sending"))
    forget_leases()
    running.await_death(running.start("worker", case.point))


def _kill_at_expiry(running: Stage, case: Case, purchase: "Purchase") -> None:
    _pay(running, purchase)
    running.pass_time(25 * 3600)
    running.await_death(running.start("worker", case.point))


def _kill_at_poll(running: Stage, case: Case, purchase: "Purchase") -> None:
    from tests.killing.purchase import forget_leases

    _pay(running, purchase)
    running.sound("worker")
    purchase.settle_down()
    running.without("worker")
    running.pass_time(90)
    forget_leases()
    running.await_death(running.start("worker", case.point))


WAYS = {
    "start": _kill_at_start,
    "callback": _kill_at_callback,
    "job": _kill_in_job,
    "abandon": _kill_at_giving_up,
    "sms": _kill_at_receipt,
    "sms refused": _kill_at_refused_receipt,
    "sms stuck": _kill_at_recovery,
    "sms late": _kill_at_expiry,
    "sms poll": _kill_at_poll,
}


def run(cases: Sequence[Case]) -> tuple[list[Row], list[str]]:
    """Every case, and what still differs between the books when all are done."""
    rows: list[Row] = []
    with (
        tempfile.TemporaryDirectory(prefix="septam-kill-") as folder,
        stage(Path(folder)) as running,
    ):
        for number, case in enumerate(cases, 1):
            try:
                rows.append(run_case(running, case, number))
            except Survived as reason:
                raise SystemExit(f"{case.process} passed {case.point} alive:\n{reason}") from None
            print(line(rows[-1]), flush=True)
        from tests.billing.balance import differences, sales_of

        return rows, differences(sales_of(running.ledger()))


def line(row: Row) -> str:
    """A row of the table."""
    books = row.books
    verdict = "holds" if books.agrees() else "**broken**"
    states = ", ".join(books.states) or "none"
    return (
        f"| {row.case.process} | `{row.case.point}` | {row.at_death} | {states} | {books.taken:,} | {books.lost}"
        f" | {books.doubled} | {books.settles} | {books.receipts} ({', '.join(books.sms) or '–'}) | {verdict} |"
    )


HEAD = """\
| killed | at | attempt at death | attempts at the end | taken by the bank (rial) | lost | doubled | histories | receipt SMS (row) | |
|---|---|---|---|---|---|---|---|---|---|"""


def report(rows: Sequence[Row], differing: Sequence[str]) -> str:
    """The table with its date, commit and sums."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=CLONE, capture_output=True, text=True
    ).stdout.strip()
    lost, doubled = (sum(getattr(row.books, name) for row in rows) for name in ("lost", "doubled"))
    said = "; ".join(differing) or "none"
    when = datetime.now(UTC)
    return (
        f"{when:%Y-%m-%d %H:%M} UTC, commit {commit}, {sum(row.seconds for row in rows):.0f} s: {len(rows)} kills, "
        f"lost {lost}, doubled {doubled}.\nDifferences between all books in the end: {said}.\n\n"
        + "\n".join([HEAD, *map(line, rows)])
    )


def write(path: Path, text: str) -> None:
    """Put the table between the file's markers."""
    before, _begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="Kills web and worker at each failpoint")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="process:point, for some cases")
    parser.add_argument("--report", type=Path, help="a file with the two markers")
    options = parser.parse_args()
    wanted = options.only
    cases = [one for one in CASES if not wanted or f"{one.process}:{one.point}" in wanted]
    print(HEAD, flush=True)
    rows, differing = run(cases)
    text = report(rows, differing)
    if options.report:
        write(options.report, text)
    print(text.split("\n\n")[0])
    return int(bool(differing) or not all(row.books.agrees() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
