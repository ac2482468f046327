"""`make kill-sms`: kills workers −9 while an outbox empties, and compares the provider's ledger with the rows.

Both ways of sending are tried with the settings of the throughput bench: by approved template, where nothing can be
asked or repeated, and by the line, where the provider remembers our id for hours. Writes docs/kill-run-sms.md.
"""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import sms_ledger
from bench.sms_run import CLONE, SmsRun
from bench.stack import empty_database

MESSAGES, KILLS, WORKERS = 20_000, 40, 2
REPORT = CLONE / "docs" / "kill-run-sms.md"
BEGIN, END = "<!-- kill run: begin -->", "<!-- kill run: end -->"
DATABASE = "kill_sms"
WAYS = {"by template": {}, "by the line": {"SEPTAM_SMS_BY_LINE": "payment.receipt"}}
_REST = "SELECT count(*) FROM notifications_smsmessage WHERE state IN ('queued', 'sending')"
_DOUBTFUL = "SELECT id, state, extract(epoch FROM tried_at)::float FROM notifications_smsmessage"


@dataclass(frozen=True)
class Result:
    """What became of the messages of one way, by the rows and by the provider's ledger."""

    way: str
    messages: int
    kills: int
    states: dict[str, int]
    # Messages without an end, and messages called sent that the provider never saw.
    lost: int
    called_again: int
    most_doubts_a_kill: int
    seconds: float

    @property
    def arrived_twice(self) -> int:
        """By the line the provider knows the repeated id and sends nothing."""
        return self.called_again if self.way == "by template" else 0

    @property
    def holds(self) -> bool:
        """Whether the promises hold: none lost, none twice, at most one in doubt a kill."""
        ended = {"sent", "dead", "unknown"} >= set(self.states)
        return ended and not self.lost and not self.arrived_twice and self.most_doubts_a_kill <= 1

    def row(self) -> str:
        """A line of the report."""
        states = ", ".join(f"{self.states.get(state, 0):,} {state}" for state in ("sent", "unknown", "dead"))  # fmt: skip
        cells = (
            self.way, f"{self.messages:,}", self.kills, states, self.lost, self.called_again, self.arrived_twice,
            self.most_doubts_a_kill, f"{self.seconds:.0f} s", "holds" if self.holds else "FAILS",
        )  # fmt: skip
        return "| " + " | ".join(map(str, cells)) + " |"


def kill_run(run: SmsRun, way: str, messages: int, kills: int, *, waits: bool = True) -> Result:
    """Empty an outbox of `messages` while workers die `kills` times, each in the midst of sending.

    A killed worker's leases run out after two minutes; with `waits` off they are let go at once.
    """
    run.fill(messages)
    began, moments, step = time.monotonic(), [], messages // (kills + 1)
    run.start(WORKERS)
    for number in range(1, kills + 1):
        run.wait(lambda number=number: run.sent() >= number * step, step=0.01)  # type: ignore[misc]
        moments.append(_kill_the_busiest(run))
        run.start()
    if not waits:
        _forget_leases(run, messages)
    run.wait(lambda: not run.sql(_REST)[0][0], step=0.5)
    seconds = time.monotonic() - began
    run.stop()
    return _judged(run, way, messages, moments, seconds)


def _kill_the_busiest(run: SmsRun) -> float:
    """Kill whoever called the provider last; the moment."""
    while True:
        pid = sms_ledger.last_caller(run.ledger)
        victim = next((worker for worker in run.workers if worker.pid == pid), None)
        if victim is not None:
            run.kill(victim)
            return time.time()


def _forget_leases(run: SmsRun, messages: int) -> None:
    def is_at_rest() -> bool:
        before = run.sent()
        time.sleep(0.5)
        return before == run.sent()

    run.wait(is_at_rest)
    run.sql(
        "UPDATE notifications_smsmessage SET leased_until = now() - interval '1 minute'"
        " WHERE leased_until IS NOT NULL"
    )


def _judged(run: SmsRun, way: str, messages: int, moments: list[float], seconds: float) -> Result:
    calls = sms_ledger.calls(run.ledger)
    times = Counter(call.id for call in calls)
    rows = run.sql(_DOUBTFUL)
    ended = [id for id, state, _at in rows if state in {"sent", "dead", "unknown"}]
    unseen = sum(state == "sent" and id not in times for id, state, _at in rows)
    doubts = [at for id, state, at in rows if at and (state == "unknown" or times[id] > 1)]
    # Each message in doubt was begun before the kill that interrupted it.
    by_kill = Counter(min((one for one in moments if one >= at), default=0.0) for at in doubts)
    return Result(
        way=way, messages=messages, kills=len(moments), states=run.states(),
        lost=messages - len(ended) + unseen, called_again=sum(count - 1 for count in times.values()),
        most_doubts_a_kill=max(by_kill.values(), default=0), seconds=seconds,
    )  # fmt: skip


@contextmanager
def _database() -> Iterator[dict[str, str]]:
    """The environment of a database of its own with the portal's tables."""
    with empty_database(DATABASE) as environment:
        command = [sys.executable, "manage.py", "migrate", "--noinput", "-v", "0"]
        subprocess.run(command, cwd=CLONE, env=environment, check=True)
        yield environment


def main() -> int:
    """1 if a promise is broken."""
    results = []
    with _database() as environment, tempfile.TemporaryDirectory() as folder:
        for way, settings in WAYS.items():
            run = SmsRun(environment, Path(folder), **settings)
            try:
                results.append(kill_run(run, way, MESSAGES, KILLS))
            finally:
                run.close()
            print(results[-1].row(), flush=True)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=CLONE, capture_output=True, text=True
    )
    head = (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit.stdout.strip() or 'unknown'}.\n\n"
        "| way | messages | kills | rows in the end | lost | called again | reached a phone twice |"
        " most in doubt a kill | time | |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    before, _begin, rest = REPORT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    body = "\n".join([head, *(result.row() for result in results)])
    REPORT.write_text(f"{before}{BEGIN}\n{body}\n{END}{after}", encoding="utf-8")
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
