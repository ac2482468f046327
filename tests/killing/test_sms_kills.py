"""A small part of `make kill-sms` (docs/kill-run-sms.md) in every `make test`, with real workers."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from bench.sms_kills import Result, kill_run
from bench.sms_ledger import MILLISECONDS
from bench.sms_run import SmsRun


def environment() -> dict[str, str]:
    """What a worker needs to work at this test's database."""
    name = str(connection.settings_dict["NAME"])
    url = re.sub(r"(://[^/]*/)[^?]*", rf"\g<1>{name}", os.environ["DATABASE_URL"])
    return {**os.environ, "DATABASE_URL": url, "SEPTAM_MODE": "demo"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_workers_lose_no_message_and_send_none_twice(tmp_path: Path) -> None:
    run = SmsRun(environment(), tmp_path, **{MILLISECONDS: "4"})
    try:
        result = kill_run(run, "by template", 300, 2, waits=False)
    finally:
        run.close()
    assert result.holds, result.row()
    assert result.states["sent"] >= 298


def test_a_run_that_lost_or_doubled_messages_does_not_hold() -> None:
    sound: dict[str, Any] = {
        "way": "by template", "messages": 10, "kills": 2, "states": {"sent": 8, "unknown": 2}, "lost": 0,
        "called_again": 0, "most_doubts_a_kill": 1, "seconds": 1.0,
    }  # fmt: skip
    assert Result(**sound).holds
    wrong: list[dict[str, Any]] = [
        {"lost": 1}, {"called_again": 1}, {"most_doubts_a_kill": 2}, {"states": {"sent": 9, "queued": 1}},
    ]  # fmt: skip
    assert [Result(**sound | change).holds for change in wrong] == [False] * len(wrong)
    assert Result(**sound | {"way": "by the line", "called_again": 2}).holds
