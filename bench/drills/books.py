"""What the books of a database say, as JSON, against the bank's ledger in a file. Run with that database's settings.

python -m bench.drills.books LEDGER.json
"""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.db import connection
from django.db.models import Count, Max

from billing.models import PaymentAttempt
from billing.models.invoices import Invoice
from billing.models.payments import LIVE
from tests.billing.balance import differences, sales_of

TABLES = (
    "accounts_user", "septam_sites_place", "inspections_visitrequest", "inspections_requestevent", "billing_order",
    "billing_paymentattempt", "billing_paymentevent", "billing_invoice", "notifications_smsmessage", "septam_auditevent",
)  # fmt: skip


def counts() -> dict[str, int]:
    """Rows of the tables that matter."""
    found = {}
    with connection.cursor() as cursor:
        for name in TABLES:
            cursor.execute(f"SELECT count(*) FROM {name}")
            found[name] = int(cursor.fetchone()[0])
    return found


def gaps() -> int:
    """How many numbers of invoices are missing in their year."""
    years = Invoice.objects.values("year").annotate(there=Count("pk"), last=Max("serial"))
    return sum(year["last"] - year["there"] for year in years)


def read(ledger: Path) -> dict[str, object]:
    """The figures; `later` are sales that the bank took after this database's moment, `wrong` whatever else differs."""
    said = differences(sales_of(json.loads(ledger.read_text())))
    unfinished = tuple(f"is {state}" for state in (*LIVE, "abandoned"))
    later = [
        one
        for one in said
        if one.startswith("the bank took the money")
        and (one.endswith(unfinished) or one.endswith("knows nothing of it"))
    ]
    return {
        "counts": counts(),
        "gaps": gaps(),
        "settled": PaymentAttempt.objects.filter(state="settled").count(),
        "later": len(later),
        "wrong": [one for one in said if one not in later],
    }


if __name__ == "__main__":
    print(json.dumps(read(Path(sys.argv[1]))))
