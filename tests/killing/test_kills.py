"""A few kills of the whole run (`make kill-run`, docs/kill-run.md) in every `make test`, with real processes."""

import os
import subprocess
import sys
from typing import Any

import pytest

from septam import failpoints
from tests.killing.run import CASES, CLONE, ELSEWHERE, Case

FEW = ("web:payments.verify.answered", "worker:payments.settle.answered", "worker:sms.answered")


@pytest.mark.slow
def test_a_purchase_survives_kill_9_of_web_and_worker() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.killing.run", "--only", *FEW], cwd=CLONE, env=os.environ,
        capture_output=True, text=True, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "3 kills, lost 0, doubled 0" in done.stdout
    assert done.stdout.count("| holds |") == 3


def test_every_failpoint_of_a_purchase_is_in_the_run() -> None:
    run = {case.point for case in CASES}
    left_out = {name for name in failpoints.NAMES if name.startswith(ELSEWHERE)}
    assert run | left_out == set(failpoints.NAMES)
    assert not run & left_out
    both = {
        point
        for point in run
        if {Case("web", point, "callback"), Case("worker", point, "job")} <= set(CASES)
    }
    assert "payments.settle.written" in both


def test_books_that_lost_or_doubled_money_do_not_hold() -> None:
    from tests.killing.purchase import Books

    sound: dict[str, Any] = {
        "taken": 10, "takings": 1, "states": ("settled",), "settles": 1, "placed": 1, "receipts": 1, "sms": ("sent",),
    }  # fmt: skip
    assert Books(**sound).agrees()
    wrong: list[dict[str, Any]] = [
        {"states": ("abandoned",), "settles": 0}, {"takings": 2}, {"settles": 2}, {"placed": 0},
        {"receipts": 2}, {"receipts": 0}, {"takings": 0, "taken": 0},
    ]  # fmt: skip
    assert [Books(**sound | change).agrees() for change in wrong] == [False] * len(wrong)


def test_a_lie_may_double_the_receipt_where_its_goal_says_so_and_never_the_money() -> None:
    from tests.killing.purchase import Books

    twice = Books(10, 1, ("settled",), 1, 1, receipts=2, sms=("sent",))
    assert (twice.agrees(), twice.agrees(spare_sms=1)) == (False, True)
    assert not Books(10, 1, ("settled",), 1, 1, receipts=3, sms=("sent",)).agrees(spare_sms=1)
    for takings, settles, placed in ((2, 1, 1), (1, 2, 1), (1, 1, 2), (1, 1, 0)):
        wrong = Books(10, takings, ("settled",), settles, placed, receipts=2, sms=("sent",))
        assert not wrong.agrees(spare_sms=1)
