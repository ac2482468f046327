"""Which days with settled payments no report of their bank covers yet.

Asked at each look at the office's first page. Days are looked up one by one and only those without a report are
counted, so that the cost follows the days that are open, not the payments of two months.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from billing.models import AttemptState
from septam import clock

# No further back than this.
LOOK_BACK = timedelta(days=60)

# A report that was sent on the day itself may lack its evening. The gateways are stepped through along their index.
_OPEN = """
WITH RECURSIVE banks AS (
  (SELECT gateway FROM billing_paymentattempt ORDER BY gateway LIMIT 1)
  UNION ALL
  SELECT (SELECT a.gateway FROM billing_paymentattempt a WHERE a.gateway > b.gateway ORDER BY a.gateway LIMIT 1)
    FROM banks b WHERE b.gateway IS NOT NULL
), days AS (
  SELECT %(today)s::date - ago AS day, (%(today)s::date - ago)::timestamp AT TIME ZONE 'Asia/Tehran' AS since,
    (%(today)s::date - ago + 1)::timestamp AT TIME ZONE 'Asia/Tehran' AS until
    FROM generate_series(1, %(days)s) ago
), uncovered AS (
  SELECT b.gateway, d.* FROM banks b CROSS JOIN days d
   WHERE b.gateway IS NOT NULL AND NOT EXISTS (SELECT FROM billing_bankfile f
     WHERE f.gateway = b.gateway AND f.first_day <= d.day AND f.last_day >= d.day
       AND (f.uploaded_at AT TIME ZONE 'Asia/Tehran')::date > d.day)
)
"""
_SETTLED = """
FROM billing_paymentattempt a
WHERE a.gateway = u.gateway AND a.state = %(settled)s AND a.settled_at >= u.since AND a.settled_at < u.until
"""
_SUMS = f"""{_OPEN}
SELECT u.gateway, u.day, s.payments, s.amount FROM uncovered u
 CROSS JOIN LATERAL (SELECT count(*) AS payments, sum(a.amount_rial)::bigint AS amount {_SETTLED}) s
 WHERE s.payments > 0 ORDER BY u.day, u.gateway
"""  # noqa: S608  (of the texts above alone)  # nosec B608
_NUMBER = f"""{_OPEN} SELECT count(*) FROM uncovered u WHERE EXISTS (SELECT {_SETTLED})"""  # noqa: S608  (likewise)  # nosec B608


@dataclass(frozen=True)
class OpenDay:
    """A day of Tehran with settled payments at a gateway and no report that covers it; the sum in rial."""

    gateway: str
    day: date
    count: int
    amount_rial: int


def open_days() -> list[OpenDay]:
    """The days before today with settled payments that no report covers, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, _span())
        return [OpenDay(*row) for row in cursor.fetchall()]


def how_many() -> int:
    """Their number, without a look at each payment."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, _span())
        found: int = cursor.fetchone()[0]
        return found


def _span() -> dict[str, date | int | str]:
    settled = AttemptState.SETTLED.value
    return {"today": clock.today(), "days": LOOK_BACK.days, "settled": settled}
