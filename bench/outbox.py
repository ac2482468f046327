"""The outbox at national size: how fast it empties, whether codes overtake a campaign, and what each message costs.

The provider is a file that takes everything at once (sms_ledger.py); everything else is the real worker, with one
message at a time each, as in the kill run. `synchronous_commit` is on.
"""

import tempfile
import time
from pathlib import Path

from bench import cpu, sms_ledger
from bench.sms_run import SmsRun
from bench.stack import Stack
from bench.table import Row
from bench.yardstick import Yardstick

DUE = 100_000
# Measured from here on, so that the start of the processes does not count.
WARM = 1_500
# How long one number of workers is watched; the queue never runs dry meanwhile.
SECONDS = 40.0
GOAL = 1_500
# Milliseconds of two processors for each of so many messages a second: what others do on the machine does not count.
AFFORDABLE = 2 * 1_000 / GOAL
# They are over while half of the campaign still waits: two workers empty it within half a minute.
CODES, CODES_A_SECOND, WITHIN = 150, 10, 10.0
SLOW_MILLISECONDS = 200


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """The figures. The stack's own worker stands still meanwhile: it would send to the simulator."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="septam-sms-") as folder, stack.without_worker():
        for workers in (1, 2, 4):
            rows += _throughput(stack, Path(folder), workers)
        rows.append(_codes(stack, Path(folder), "codes behind 100,000 reminders", {}))
        slow = {sms_ledger.MILLISECONDS: str(SLOW_MILLISECONDS), "SEPTAM_SMS_THREADS": "4"}
        name = f"  the same with a provider that takes {SLOW_MILLISECONDS} ms, 4 threads each"
        rows.append(_codes(stack, Path(folder), name, slow))
    return rows, []


def _throughput(stack: Stack, folder: Path, workers: int) -> list[Row]:
    run = SmsRun(stack.environment, folder)
    try:
        run.fill(DUE)
        run.start(workers)
        run.wait(lambda: run.sent() >= WARM)
        spent, database = _spent(run), stack.cpu().database
        first, began = run.sent(), time.monotonic()
        run.wait(lambda: run.sent() >= DUE or time.monotonic() - began > SECONDS)
        count, seconds = run.sent() - first, time.monotonic() - began
        own, of_database = _spent(run) - spent, stack.cpu().database - database
        run.stop()
        marked = sum(run.states().get(state, 0) for state in ("sent", "delivered"))
        calls = run.sent()
    finally:
        run.close()
    rate = count / seconds
    cost = 1e3 * (own + of_database) / count
    parts = f"{1e3 * own / count:.2f} ms worker, {1e3 * of_database / count:.2f} ms Postgres"
    holds = (rate >= GOAL if workers == 2 else None) if marked == calls else False
    return [
        Row(f"SMS a second, {workers} worker{'s' * (workers > 1)}, 100,000 due",
            f"≥ {GOAL:,} with 2" if workers == 2 else "–",
            f"{rate:,.0f}, each marked by itself ({marked:,} of {calls:,})", holds),
        Row("  CPU a message, which two processors could do at that rate", f"≤ {AFFORDABLE:.2f} ms",
            f"{cost:.2f} ms ({parts})", cost <= AFFORDABLE),
    ]  # fmt: skip


def _spent(run: SmsRun) -> float:
    return sum(cpu.seconds(worker.pid) for worker in run.workers)


def _codes(stack: Stack, folder: Path, name: str, settings: dict[str, str]) -> Row:
    """How long codes take from the row's commit to the provider's ledger while two workers empty the campaign."""
    run = SmsRun(stack.environment, folder, **settings)
    try:
        run.fill(DUE, event="certificate.expiring", priority=9)
        run.start(2)
        run.wait(lambda: run.sent() >= 40)
        made = stack.run("bench.sms_codes", str(CODES), str(CODES_A_SECOND))
        run.wait(lambda: not run.sql(_WAITING)[0][0], seconds=120)
        arrived = {call.id: call.at for call in sms_ledger.calls(run.ledger)}
        left = run.sql("SELECT count(*) FROM notifications_smsmessage WHERE state = 'queued'")[0][0]
    finally:
        run.close()
    waits = sorted(arrived[id] - at for id, at in made if id in arrived)
    in_time = sum(wait <= WITHIN for wait in waits) / len(made)
    middle, late = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
    figure = f"{in_time:.0%} (median {middle:.2f} s, 95 % within {late:.2f} s; {left:,} reminders still due)"  # fmt: skip
    return Row(
        name, f"95 % handed over within {WITHIN:.0f} s", figure, in_time >= 0.95 and left > 0
    )


_WAITING = (
    "SELECT count(*) FROM notifications_smsmessage"
    " WHERE event = 'login.code' AND state IN ('queued', 'sending')"
)
