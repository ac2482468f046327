"""The report of a day that a merchant downloads from the bank's portal: settled and returned sales, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from simulators.bank.ledger import State
from simulators.pages import latin, tehran_time
from simulators.web import BadRequestError, Request, Response

PATH = "/_control/report.csv"
HEADINGS = (
    "ردیف", "شماره پایانه", "شماره سفارش", "شماره مرجع تراکنش", "مبلغ (ریال)", "تاریخ تراکنش", "ساعت تراکنش", "وضعیت",
)  # fmt: skip
SHOWN = {State.SETTLED: "واریز شده", State.REVERSED: "برگشت خورده"}
# 1 Farvardin 1400; leap years of the 33-year cycle that holds until 1407 and beyond.
EPOCH, EPOCH_YEAR = date(2021, 3, 21), 1400
LEAP_OF_33 = (1, 5, 9, 13, 17, 22, 26, 30)


def day_report(sales: Iterable[Mapping[str, Any]], terminal: int, request: Request, now: int) -> Response:  # fmt: skip
    """Sales of ?day=YYYY-MM-DD (Gregorian, Tehran; without it today) of one terminal. Raises BadRequestError."""
    day = _wanted(request.query.get("day", ""), now)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    number = 0
    for sale in sales:
        if sale["terminal"] != terminal or sale["state"] not in SHOWN or not sale["finished_at"]:
            continue
        moment = tehran_time(sale["finished_at"])
        if moment.date() == day:
            number += 1
            writer.writerow(_row(number, sale, moment))
    name = f"attachment; filename=report-{day.isoformat()}.csv"
    body = "\ufeff" + out.getvalue()
    return Response(
        body.encode(), 200, "text/csv; charset=utf-8", headers={"Content-Disposition": name}
    )


def _wanted(text: str, now: int) -> date:
    if not text:
        return tehran_time(now).date()
    try:
        return date.fromisoformat(latin(text))
    except ValueError as error:
        raise BadRequestError("day is a Gregorian date, YYYY-MM-DD") from error


def _row(number: int, sale: Mapping[str, Any], moment: datetime) -> tuple[object, ...]:
    return (
        number, sale["terminal"], sale["order_id"], sale["sale_reference_id"], sale["amount"],
        jalali(moment.date()), f"{moment:%H:%M:%S}", SHOWN[State(sale["state"])],
    )  # fmt: skip


def jalali(day: date) -> str:
    """The day as 1402/12/05; right from 1375 to 1441 at least, which is more than a demonstration needs."""
    year, start = EPOCH_YEAR, EPOCH
    while day < start:
        year -= 1
        start -= timedelta(days=_length(year))
    while day >= start + timedelta(days=_length(year)):
        start += timedelta(days=_length(year))
        year += 1
    passed = (day - start).days
    month, rest = divmod(passed, 31) if passed < 186 else divmod(passed - 186, 30)
    return f"{year}/{month + 1 + (0 if passed < 186 else 6):02}/{rest + 1:02}"


def _length(year: int) -> int:
    return 366 if year % 33 in LEAP_OF_33 else 365
