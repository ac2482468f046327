"""The statements that compare a bank's report with our payments, each over the whole file.

Set-based on purpose: a month of a busy gateway is some ten thousand rows. Reads payment attempts, writes the rows
of the report only.
"""

from datetime import datetime, time

from django.db import connection, transaction

from billing.models import BankFile
from septam import clock

# A payment is found by its number at the bank. The reference serves reports without that number, and numbers that
# a spreadsheet program rounded.
_FIND_BY_NUMBER = """
UPDATE billing_bankfilerow r SET attempt_id = a.id FROM billing_paymentattempt a
 WHERE r.file_id = %(file)s AND r.line > 0 AND r.settled_at IS NULL
   AND a.gateway = %(gateway)s AND a.order_number = r.order_number
"""
_FIND_BY_REFERENCE = """
UPDATE billing_bankfilerow r SET attempt_id = a.id FROM billing_paymentattempt a
 WHERE r.file_id = %(file)s AND r.line > 0 AND r.settled_at IS NULL AND r.attempt_id IS NULL
   AND r.reference <> '' AND a.gateway = %(gateway)s AND a.reference = r.reference
"""
_JUDGE = """
UPDATE billing_bankfilerow r SET kind = CASE
       WHEN r.outcome <> 'paid' AND a.state = 'settled' THEN 'returned_there'
       WHEN r.outcome <> 'paid' THEN 'neither'
       WHEN a.id IS NULL THEN 'only_bank'
       WHEN a.state <> 'settled' THEN 'unpaid_here'
       WHEN a.amount_rial <> r.amount_rial THEN 'amount_differs'
       WHEN r.reference <> '' AND a.reference <> r.reference THEN 'reference_differs'
       ELSE 'agrees' END
  FROM billing_bankfilerow s LEFT JOIN billing_paymentattempt a ON a.id = s.attempt_id
 WHERE s.id = r.id AND r.file_id = %(file)s AND r.line > 0 AND r.settled_at IS NULL
"""
_FORGET_MISSING = """
DELETE FROM billing_bankfilerow
 WHERE file_id = %(file)s AND line = 0 AND kind = 'only_here' AND settled_at IS NULL
"""
# Around midnight the bank's day and ours may differ: a payment that any report of the gateway names is not missing.
_ADD_MISSING = """
INSERT INTO billing_bankfilerow
       (file_id, line, kind, outcome, order_number, reference, amount_rial, day, attempt_id, note)
SELECT %(file)s, 0, 'only_here', '', a.order_number, a.reference, NULL,
       (a.settled_at AT TIME ZONE 'Asia/Tehran')::date, a.id, ''
  FROM billing_paymentattempt a
 WHERE a.gateway = %(gateway)s AND a.state = 'settled'
   AND a.settled_at >= %(since)s AND a.settled_at < %(until)s
   AND NOT EXISTS (SELECT 1 FROM billing_bankfilerow r
                    WHERE r.attempt_id = a.id AND (r.line > 0 OR r.file_id = %(file)s))
 ORDER BY a.settled_at
"""
_FOUND_AT_LAST = """
UPDATE billing_bankfilerow missing SET settled_at = %(now)s FROM billing_bankfilerow r
 WHERE r.file_id = %(file)s AND r.line > 0 AND r.attempt_id = missing.attempt_id
   AND missing.kind = 'only_here' AND missing.settled_at IS NULL
"""
_STEPS = (
    _FIND_BY_NUMBER, _FIND_BY_REFERENCE, _JUDGE, _FORGET_MISSING, _ADD_MISSING, _FOUND_AT_LAST,
)  # fmt: skip


def compare(file: BankFile, until: datetime) -> None:
    """Judge each row of the file, and add our settled payments of its days that it lacks.

    `until`: payments settled from then on are not looked for. Call it in the transaction that keeps the file.
    """
    values: dict[str, int | str | datetime] = {
        "file": file.pk,
        "gateway": file.gateway,
        "since": datetime.combine(file.first_day, time.min, clock.TEHRAN),
        "until": until,
        "now": clock.now(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for step in _STEPS:
            cursor.execute(step, values)
