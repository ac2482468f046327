"""The panels of the office's first page: a chart, what to know at once, and the table with the same figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from inspections.models import RequestStatus
from portal.board import periods, waiting
from portal.board.reading import Sums
from septam.digits import to_persian
from septam.money import format_rial
from septam.office import charts
from septam.office.charts import Bar

# So many categories or laboratories stand in a chart, those with the most results; the table has all.
MOST_ROWS = 10
MILLION = 1_000_000
Cell = str | SafeString | Promise


@dataclass(frozen=True)
class Panel:
    """One panel; `told` is the sentence above the chart, `path` where the work itself is."""

    key: str
    title: str
    told: str
    chart: SafeString
    headings: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    path: str = ""


def queue(counts: dict[str, list[int]], path: str) -> Panel:
    """Open requests by the days since their payment."""
    ages = waiting.ages()
    sums = [sum(row[i] for row in counts.values()) for i in range(len(ages))]
    bars = [
        Bar(_age(age), count, is_bad=age.is_late) for age, count in zip(ages, sums, strict=True)
    ]
    late = sum(count for age, count in zip(ages, sums, strict=True) if age.is_late)
    told = _(
        "%(open)s open requests; %(late)s have waited longer than the target of %(days)s days."
    )
    words = {"open": _fa(sum(sums)), "late": _fa(late), "days": _fa(settings.QUEUE_TARGET_DAYS)}
    table = [[RequestStatus(status).label, *map(_fa, row), _fa(sum(row))] for status, row in counts.items()]  # fmt: skip
    title = _("Queue by age")
    return Panel(
        "queue", title, told % words, charts.rows("queue", title, bars),
        [_("Status"), *map(_age, ages), _("Sum")], table, path,
    )  # fmt: skip


def _age(age: waiting.Age) -> str:
    if age.last is None:
        return _("more than %(days)s days") % {"days": _fa(age.first - 1)}
    return _("%(first)s to %(last)s days") % {"first": _fa(age.first), "last": _fa(age.last)}


def visits(series: list[tuple[periods.Period, Sums]], *, weeks: bool) -> Panel:
    """How many visits took place, beside what was paid for and what came of them."""
    bars = [Bar(period.short, sums["visited"]) for period, sums in series]
    names = ("paid", "visited", "absent")
    total = sum(sums["visited"] for _period, sums in series)
    title = _("Visits per week") if weeks else _("Visits per month")
    return Panel(
        "visits", title, _("%(count)s visits were reported.") % {"count": _fa(total)},
        charts.columns("visits", title, bars),
        [_period_title(weeks=weeks), _("Paid requests"), _("Visits"), _("Nobody there")],
        [[period.name, *(_fa(sums[name]) for name in names)] for period, sums in series],
    )  # fmt: skip


def results(series: list[tuple[periods.Period, Sums]], *, weeks: bool) -> Panel:
    """The share of conforming results over time."""
    told = [(period, sums) for period, sums in series if sums.results]
    bars = [Bar(period.short, sums.pass_rate, _rate_cells(sums)[-1]) for period, sums in told]
    whole = Sums()
    for _period, sums in series:
        for name in ("conforming", "nonconforming"):
            whole.of[name] += sums[name]
    title = _("Pass rate per week") if weeks else _("Pass rate per month")
    return Panel(
        "results", title, _rate_told(whole), charts.line("results", title, bars, most=100),
        [_period_title(weeks=weeks), _("Conforming"), _("Not conforming"), _("Pass rate")],
        [[period.name, *_rate_cells(sums)] for period, sums in series],
    )  # fmt: skip


def rates(
    key: str, title: str, heading: str, sums: dict[int, Sums], names: dict[int, str]
) -> Panel:
    """The pass rate of each category or laboratory, those with the most results first."""
    ranked = sorted(sums.items(), key=lambda item: (-item[1].results, item[0]))
    bars = [Bar(names.get(pk, "–"), one.pass_rate, _percent(one)) for pk, one in ranked[:MOST_ROWS]]
    told = ""
    if len(ranked) > MOST_ROWS:
        told = _("The %(shown)s with the most results; the table has all %(all)s.") % {
            "shown": _fa(MOST_ROWS), "all": _fa(len(ranked)),
        }  # fmt: skip
    return Panel(
        key, title, told, charts.rows(key, title, bars, most=100),
        [heading, _("Conforming"), _("Not conforming"), _("Pass rate")],
        [[names.get(pk, "–"), *_rate_cells(one)] for pk, one in ranked],
    )  # fmt: skip


def income(series: list[tuple[periods.Period, Sums]], *, weeks: bool) -> Panel:
    """What was paid before VAT, in million rial; the table has whole rial."""
    bars = [Bar(p.short, round(s["base_rial"] / MILLION), _fa(format_rial(round(s["base_rial"] / MILLION)))) for p, s in series]  # fmt: skip
    names = ("base_rial", "vat_rial", "returned_rial")
    sums = {name: _fa(format_rial(sum(one[name] for _period, one in series))) for name in names}
    told = _(
        "Before VAT %(base_rial)s rial, VAT %(vat_rial)s rial; returned %(returned_rial)s rial."
    )
    title = _("Income per week, million rial") if weeks else _("Income per month, million rial")
    return Panel(
        "income", title, told % sums, charts.columns("income", title, bars),
        [_period_title(weeks=weeks), _("Before VAT (rial)"), _("VAT (rial)"), _("Returned with VAT (rial)")],
        [[period.name, *(_fa(format_rial(one[name])) for name in names)] for period, one in series],
    )  # fmt: skip


def ends(weeks: list[tuple[periods.Period, int]], today: date, path: str) -> Panel:
    """Certificates that end soon, by the week of their last day."""
    bars = [Bar(period.short, count) for period, count in weeks]
    near = sum(count for period, count in weeks if period.first <= today + timedelta(days=30))
    told = _(
        "%(all)s certificates end within 90 days, %(near)s of them in the coming weeks of a month."
    )
    title = _("Certificates that end soon, per week")
    ending = sum(count for _period, count in weeks)
    if not ending:
        told = _("No certificate ends within 90 days.")
    words = {"all": _fa(ending), "near": _fa(near)}
    return Panel(
        "ends", title, told % words, charts.columns("ends", title, bars),
        [_("Week from"), _("Certificates that end")], [[period.name, _fa(count)] for period, count in weeks], path,
    )  # fmt: skip


def own_visits(counts: list[tuple[periods.Period, int]], *, weeks: bool) -> Panel:
    """An expert's own visits that took place."""
    title = _("My visits per week") if weeks else _("My visits per month")
    total = sum(count for _period, count in counts)
    return Panel(
        "own", title, _("%(count)s visits took place.") % {"count": _fa(total)},
        charts.columns("own", title, [Bar(period.short, count) for period, count in counts]),
        [_period_title(weeks=weeks), _("Visits")], [[period.name, _fa(count)] for period, count in counts],
    )  # fmt: skip


def _period_title(*, weeks: bool) -> str:
    return _("Week from") if weeks else _("Month")


def _rate_cells(sums: Sums) -> list[str]:
    rate = _("%(rate)s %%") % {"rate": _fa(sums.pass_rate)} if sums.results else "–"
    return [_fa(sums["conforming"]), _fa(sums["nonconforming"]), rate]


def _rate_told(sums: Sums) -> str:
    if not sums.results:
        return _("No result was told in these days.")
    words = {"rate": _fa(sums.pass_rate), "good": _fa(sums["conforming"]), "all": _fa(sums.results)}
    return _("%(good)s of %(all)s results conform: %(rate)s %%.") % words


def _percent(sums: Sums) -> str:
    words = {"rate": _fa(sums.pass_rate), "all": _fa(sums.results)}
    return _("%(rate)s %% of %(all)s") % words


def _fa(value: Any) -> str:
    return to_persian(str(value))
