"""Whoever works in the office meanwhile, without a browser: a process of the portal that takes orders by a pipe.

One process for a whole run of walks, because starting Django takes longer than what it is started for. An order
and its answer are a line of JSON each.
"""

import json
import sys
from collections.abc import Iterator

from accounts.models import User
from inspections import workflow
from inspections.models import CallOutcome, VisitReport, VisitRequest
from septam import clock
from septam.management.commands.clock import parse_moment


def move_clock(moment: str) -> int:
    """Make a Jalali moment the present; the seconds between it and the machine's."""
    return round(clock.move_to(parse_moment(moment)).total_seconds())


def propose(title: str, moment: str) -> None:
    """The demo's expert calls and proposes a visit of the place at a Jalali moment («1403/01/06 15:00»)."""
    request, expert, starts_at = _newest(title), _member("expert"), parse_moment(moment)
    assert starts_at is not None
    workflow.log_call(request.pk, expert, CallOutcome.AGREED)
    workflow.propose_time(request.pk, expert, starts_at, expert)


def certify(title: str) -> None:
    """The expert reports that all conforms, and the laboratory stands by it."""
    request, expert = _newest(title), _member("expert")
    report = VisitReport.objects.create(
        request=request, expert=expert, outcome="conforming", level=4
    )
    workflow.submit_report(report.pk, expert)
    workflow.endorse(report.pk, _member("lab"))


def _newest(title: str) -> VisitRequest:
    return VisitRequest.objects.filter(place__title=title).latest("pk")


def _member(username: str) -> User:
    return User.objects.get(username=username)


ORDERS = {order.__name__: order for order in (move_clock, propose, certify)}


def answers(lines: Iterator[str]) -> Iterator[object]:
    """What became of each order: [its value, ""] or [None, the fault]."""
    for line in lines:
        name, arguments = json.loads(line)
        clock.forget()
        try:
            yield [ORDERS[name](*arguments), ""]
        except Exception as fault:
            yield [None, repr(fault)]


def work() -> None:
    """Take orders until the pipe is closed."""
    for answer in answers(sys.stdin):
        print(json.dumps(answer), flush=True)
