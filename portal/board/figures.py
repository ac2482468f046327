"""Makes the kept figures of days anew from what happened on them; a job follows the present, a command goes back.

A request counts where it stood when it was paid for: its laboratory, its province, its category. Income is what was
paid on a day before VAT, VAT apart; what was returned counts on the day on which it went out, with VAT, and not where
a payment that came twice went back.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from inspections.models import RequestEvent
from portal.board.models import DayFigures, FiguresKept, Grain
from septam import clock, jalali

# Ends of certificates are looked up so far ahead.
AHEAD = timedelta(days=90)
# A step that began before midnight may be committed after it.
STRAGGLERS = timedelta(hours=1)
CHUNK = timedelta(days=7)
# One run of the job; what is left is done by the next.
LONGEST_RUN = timedelta(seconds=60)
# Two that make the same days anew wait for each other.
_LOCK = 7_203_115

_COLUMNS = "paid, visited, absent, conforming, nonconforming, base_rial, vat_rial, returned_rial"
_EVENTS = """
SELECT (e.at AT TIME ZONE 'Asia/Tehran')::date AS day, r.laboratory_id, r.province_id,
  coalesce((r.snapshot->>'category_id')::bigint, p.category_id) AS category_id,
  (e.to_status = 'scheduling' AND e.from_status IN ('in_cart', 'cancelled'))::int AS paid,
  (e.to_status = 'visited' AND e.from_status = 'accepted')::int AS visited, (e.to_status = 'no_show')::int AS absent,
  (e.to_status = 'certified')::int AS conforming, (e.to_status = 'nonconforming')::int AS nonconforming,
  0::bigint AS base_rial, 0::bigint AS vat_rial, 0::bigint AS returned_rial
FROM inspections_requestevent e JOIN inspections_visitrequest r ON r.id = e.request_id
JOIN septam_sites_place p ON p.id = r.place_id
WHERE e.at >= %(since)s AND e.at < %(until)s AND e.from_status <> e.to_status
"""
_INCOME = """
SELECT (o.paid_at AT TIME ZONE 'Asia/Tehran')::date, r.laboratory_id, r.province_id,
  coalesce((r.snapshot->>'category_id')::bigint, p.category_id), 0, 0, 0, 0, 0, l.amount_rial, l.vat_rial, 0
FROM billing_order o JOIN billing_orderline l ON l.order_id = o.id
JOIN inspections_visitrequest r ON r.id = l.request_id JOIN septam_sites_place p ON p.id = r.place_id
WHERE o.paid_at >= %(since)s AND o.paid_at < %(until)s AND o.state IN ('paid', 'paid_unplaced')
"""
_RETURNED = """
SELECT (c.done_at AT TIME ZONE 'Asia/Tehran')::date, r.laboratory_id, r.province_id,
  coalesce((r.snapshot->>'category_id')::bigint, p.category_id), 0, 0, 0, 0, 0, 0, 0, c.amount_rial
FROM billing_refundcase c LEFT JOIN inspections_visitrequest r ON r.id = c.request_id
LEFT JOIN septam_sites_place p ON p.id = r.place_id
WHERE c.state = 'done' AND c.done_at >= %(since)s AND c.done_at < %(until)s AND c.reason <> 'duplicate'
"""
# An upper bound is the day after the last one: that is what the index is made of.
_ENDING = """
SELECT upper(c.validity) - 1 AS day, c.laboratory_id, r.province_id, 1 AS ending
FROM inspections_certificate c JOIN inspections_visitrequest r ON r.id = c.request_id
WHERE c.state = 'issued' AND upper(c.validity) > %(first)s AND upper(c.validity) <= %(after)s
"""
_SUMS = ", ".join(f"sum({name.strip()})" for name in _COLUMNS.split(","))
# GROUPING() has a bit for each column that is summed over, the last column the lowest bit.
_INSERT = f"""
INSERT INTO portal_dayfigures (grain, day, laboratory_id, province_id, category_id, {_COLUMNS}, ending)
SELECT CASE GROUPING(laboratory_id, province_id, category_id) WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 6 THEN 2 WHEN 3 THEN 4 ELSE 3 END,
  day, laboratory_id, province_id, category_id, {_SUMS}, 0
FROM ({_EVENTS} UNION ALL {_INCOME} UNION ALL {_RETURNED}) AS happened
GROUP BY GROUPING SETS ((day, laboratory_id, province_id, category_id), (day, laboratory_id, province_id),
  (day, category_id), (day, laboratory_id), (day))
HAVING sum(paid + visited + absent + conforming + nonconforming) > 0 OR sum(base_rial + returned_rial) > 0
"""  # noqa: S608  (of the texts above alone)  # nosec B608
_INSERT_ENDS = f"""
INSERT INTO portal_dayfigures (grain, day, laboratory_id, province_id, ending, {_COLUMNS})
SELECT CASE GROUPING(laboratory_id, province_id) WHEN 0 THEN 5 ELSE 7 END, day, laboratory_id, province_id,
  sum(ending), {", ".join("0" for _name in _COLUMNS.split(","))}
FROM ({_ENDING}) AS ends GROUP BY GROUPING SETS ((day, laboratory_id, province_id), (day))
"""  # noqa: S608  (of the texts above alone)  # nosec B608


def keep() -> None:
    """The job: make the days since the last run anew, and the ends of certificates that come."""
    began = clock.machine_now()
    while True:
        now = clock.now()
        since = jalali.day_of(_kept_until(now))
        until = min(_midnight(since + CHUNK), now)
        rebuild(since, jalali.day_of(until))
        FiguresKept.objects.update_or_create(pk=1, defaults={"until": until})
        if until >= now or clock.machine_now() - began > LONGEST_RUN:
            break
    rebuild_ends(clock.today())


def _kept_until(now: datetime) -> datetime:
    """From where the figures are to be made anew; at the very beginning, from the first step of all."""
    kept = FiguresKept.objects.filter(pk=1).first()
    if kept is not None:
        return min(kept.until, now) - STRAGGLERS
    first = RequestEvent.objects.order_by("pk").values_list("at", flat=True).first()
    return min(first or now, now)


def rebuild(first: date, last: date) -> None:
    """Make the days from `first` to `last` anew, both included; whoever reads meanwhile sees the old ones."""
    bounds = {"since": _midnight(first), "until": _midnight(last + timedelta(days=1))}
    old = DayFigures.objects.filter(grain__lt=Grain.ENDS_OF_PLACES, day__range=(first, last))
    _replace(old, _INSERT, bounds)


def rebuild_ends(today: date) -> None:
    """Make the ends of certificates from `today` on anew."""
    old = DayFigures.objects.filter(grain__gte=Grain.ENDS_OF_PLACES)
    _replace(old, _INSERT_ENDS, {"first": today, "after": today + AHEAD + timedelta(days=1)})


def _replace(old: QuerySet[DayFigures], insert: str, bounds: Mapping[str, date]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        old.delete()
        cursor.execute(insert, bounds)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.TEHRAN)
