"""Makes papers of a certificate that stands in no database; prints the CPU of one, and the largest, as JSON.

python -m bench.certificates_run PAPERS
"""

import json
import sys
import time
from datetime import date, timedelta

import django

django.setup()

from django.db.backends.postgresql.psycopg_any import DateRange

from inspections.certificates import pdf as certificate_pdf
from inspections.models import Certificate


def certificate(number: int, title: str) -> Certificate:
    """One as it is issued, with another number each."""
    start = date(2024, 3, 20)
    snapshot = {
        "title": title, "sign_name": title, "holder": "شرکت بازرگانی زرین‌گستر پارسیان (با مسئولیت محدود)",
        "category": "طلا و جواهر فروشی", "city_label": "استان آذربایجان شرقی - تبریز",
        "postal_code": "1416932790", "laboratory": "آزمایشگاه مرکزی تجهیزات نظارت تصویری",
    }  # fmt: skip
    return Certificate(
        number=f"1403{number:07}", share_code=f"share{number:019}", level=4, signatory="مهندس علی رضایی",
        validity=DateRange(start, start + timedelta(days=180)), snapshot=snapshot,
    )  # fmt: skip


def main(papers: int) -> None:
    """Ten papers are not counted: fonts are read and the page is laid out the first time."""
    sizes = [len(certificate_pdf.paper(certificate(9_000 + n, "گالری نور"))) for n in range(10)]
    before = time.process_time()
    for number in range(papers):
        made = certificate_pdf.paper(certificate(number, f"طلا و جواهر فروشی حسینی {number}"))
        sizes.append(len(made))
    seconds = (time.process_time() - before) / papers
    sizes.append(len(certificate_pdf.paper(certificate(8_000, "فروشگاه " * 10))))
    print(json.dumps({"seconds": seconds, "bytes": max(sizes)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
