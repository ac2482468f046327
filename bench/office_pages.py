"""Opens pages of office and owner in one process and says what each visit costs. Run with the portal's settings.

Prints what pages there are, as a line of JSON; then reads the index of one at a time and prints the cost of one visit
(bench/office_visits.py asks). Cost is CPU time: of this process, and of its own backend in Postgres (queries do not run in
parallel here, so that nothing hides elsewhere). `sql` is the time that a visitor waits for the database.
"""

import itertools
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django

django.setup()

from django.contrib import admin
from django.db import connection
from django.test import Client

from bench import office_people, owner_pages
from bench.office_shapes import PLAIN, RARE
from bench.page import Cost, Page
from inspections.models import Certificate, VisitRequest
from sites.models import Laboratory

# The large tables: whose lists, filters, deep pages and forms are opened, and what is searched for in them.
SEEN: dict[str, tuple[str, ...]] = {
    "inspections.visitrequest": ("manager", "lab_manager", "expert"),
    "inspections.certificate": ("manager", "lab_manager"),
    "septam_sites.place": ("support",),
    "accounts.user": ("support",),
    "billing.order": ("finance",),
    "billing.paymentattempt": ("finance",),
    "billing.invoice": ("finance",),
    "billing.refundcase": ("finance",),
    "billing.banktransfer": ("finance",),
    "notifications.smsmessage": ("support",),
    "septam.auditevent": ("manager",),
    "portal.supportthread": ("support",),
}
DEEP = 100
# The clock of a demonstration is asked once a second, so that a slow machine asks more often; production never does.
CLOCK = "septam_clockoffset"
# Of a filter with many choices so many are tried.
MOST_CHOICES = 5


class Meter:
    """Counts what the database does for a page."""

    def __init__(self) -> None:
        self.sql, self.queries = 0.0, 0
        self.visits = itertools.count(1)
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
            cursor.execute("SELECT pg_backend_pid()")
            self.backend = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.sql += time.perf_counter() - begun
            self.queries += CLOCK not in str(sql)

    def cpu(self) -> float:
        """Of this process and of its backend, so far."""
        return time.process_time() + int(self.backend.read_text().split()[0]) / 1e9

    def cost(self, browser: Client, page: Page) -> Cost:
        """Of one visit; nothing where the page fails."""
        try:
            return self._visit(browser, page.path)
        except Exception as problem:
            print(f"bench: {page.path}: {problem!r}", file=sys.stderr, flush=True)
            return Cost(0.0, 0.0, 0)

    def _visit(self, browser: Client, path: str) -> Cost:
        self.sql, self.queries = 0.0, 0
        # Public checks are limited by address.
        number = next(self.visits)
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        before = self.cpu()
        with connection.execute_wrapper(self):
            answer = browser.get(path, REMOTE_ADDR=address)
        spent = self.cpu() - before
        # What the one box finds alone it leads to.
        if answer.status_code not in (200, 302):
            raise LookupError(f"answers {answer.status_code}")
        shown = (getattr(answer, "context_data", None) or {}).get("cl")
        rows = len(shown.result_list) if shown is not None else 0
        return Cost(spent, self.sql, self.queries, rows, answer.status_code == 302)


def row_of(table: str, columns: str) -> tuple[Any, ...]:
    """One row in the middle of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {table} WHERE id = (SELECT max(id) / 2 FROM {table})"
        )
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def _request() -> tuple[Any, ...]:
    """Number and postal code of a request that every role of the bench may see."""
    rows = VisitRequest.objects.filter(
        laboratory=Laboratory.objects.order_by("pk")[0], paid_at__isnull=False
    )
    middle = rows.order_by("-pk")[rows.count() // 2]
    return middle.number, middle.snapshot["postal_code"]


def searches() -> dict[str, dict[str, str]]:
    """What is typed into the box of each list."""
    number, postal = _request()
    papers = Certificate.objects.filter(laboratory=Laboratory.objects.order_by("pk")[0])
    paper = papers.order_by("-pk")[papers.count() // 2].number
    place_postal = row_of("septam_sites_place", "postal_code")[0]
    mobile = row_of("notifications_smsmessage", "mobile")[0]
    words = {
        "common word": PLAIN,
        "two words": f"{PLAIN} احمدی",
        "rare word": RARE,
        "no such word": "ققنوسستان",
    }
    return {
        "inspections.visitrequest": {"number": number, "postal code": postal, "mobile": mobile} | words,
        "inspections.certificate": {"number": paper} | words,
        "septam_sites.place": {"postal code": place_postal, "its beginning": place_postal[:5], "mobile": mobile} | words,
        "accounts.user": {"mobile": mobile, "its beginning": mobile[:7], "common word": "حسینی", "no such word": "ققنوسستان"},
        "billing.order": {"number": row_of("billing_order", "number")[0]},
        "billing.paymentattempt": {"reference": row_of("billing_paymentattempt", "reference")[0] or "300000002"},
        "billing.invoice": {"number": row_of("billing_invoice", "number")[0]},
        "billing.refundcase": {"number": row_of("billing_order", "number")[0]},
        "billing.banktransfer": {"reference": row_of("billing_banktransfer", "reference")[0]},
        "notifications.smsmessage": {"mobile": mobile},
        "septam.auditevent": {"person": "7"},
        "portal.supportthread": {"number": row_of("portal_supportthread", "number")[0]},
    }  # fmt: skip


def pages(browsers: dict[str, Client]) -> Iterator[Page]:
    """Every list with its filters, searches, a deep page and a form; the first page; the one box."""
    typed = searches()
    for label, people in SEEN.items():
        for who in people:
            yield from _pages_of(label, who, browsers[who], typed.get(label, {}))
    for who in ("manager", "finance", "support", "lab_manager", "expert"):
        yield Page("first page", who, "the first page", "/office/")
    yield Page("first page", "manager", "the first page, a year", "/office/?first=1404/09/01")
    find = {q: f"{label.partition('.')[2]} {word}" for label, found in typed.items() for word, q in found.items()}  # fmt: skip
    for q, word in find.items():
        yield Page("rare search" if q == RARE else "search", "support", f"one box: {word}", f"/office/find/?q={q}")  # fmt: skip


def _pages_of(label: str, who: str, browser: Client, typed: dict[str, str]) -> Iterator[Page]:
    path = "/office/" + label.replace(".", "/") + "/"
    shown = _list(browser, path)
    yield Page("list", who, f"{label}", path)
    for spec in shown.filter_specs:
        choices = [
            choice["query_string"] for choice in spec.choices(shown) if "query_string" in choice
        ]
        for choice in choices[1 : MOST_CHOICES + 1]:
            yield Page("filter", who, f"{label} {choice}", path + choice)
    # Of a list that grows none may be left.
    sorts = shown.list_display[1:] if shown.sortable_by is None else shown.sortable_by
    for number, _column in enumerate(sorts, 1):
        yield Page("list", who, f"{label} sorted by column {number}", f"{path}?o={number}")
    whole = "?work=all" if label == "inspections.visitrequest" else ""
    deep = _list(browser, path + whole)
    # A list that is not so long is opened at its last whole page: first pages may draw less in a row.
    page = min(DEEP, deep.paginator.num_pages - 1)
    if page > 1:
        more = f"{whole}{'&' if whole else '?'}p={page}"
        yield Page("deep page", who, f"{label} {DEEP}", f"{path}{more}")
    # Of open work the first: the newest of all may stand elsewhere at the other size.
    if rows := shown.result_list or deep.result_list:
        row = next(iter(rows))
        yield Page("form", who, f"{label}", f"{path}{row.pk}/change/")
    for word, q in typed.items():
        kind = "rare search" if word == "rare word" else "search"
        yield Page(kind, who, f"{label}: {word}", f"{path}?q={q}")


def _list(browser: Client, path: str) -> Any:
    answer: Any = browser.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"bench: {path} answers {answer.status_code}")
    return answer.context_data["cl"]


def small_lists(browser: Client) -> Iterator[Page]:
    """The lists that do not grow, once each."""
    for model in admin.site._registry:
        if model._meta.label_lower not in SEEN:
            path = f"/office/{model._meta.app_label}/{model._meta.model_name}/"
            if browser.get(path).status_code == 403:
                continue
            yield Page("list", "manager", model._meta.label_lower, path)


def main() -> None:
    """Say what there is, and visit as asked until nothing more is."""
    browsers = {who: office_people.browser_of(who) for who in ("manager", "finance", "support", "lab_manager", "expert")}  # fmt: skip
    browsers |= {"owner": owner_pages.browser(), "visitor": Client(SERVER_NAME="127.0.0.1")}
    known = [*pages(browsers), *small_lists(browsers["manager"]), *owner_pages.pages()]
    print(json.dumps([asdict(page) for page in known]), flush=True)
    meter = Meter()
    for line in sys.stdin:
        page = known[int(line)]
        print(json.dumps(asdict(meter.cost(browsers[page.who], page))), flush=True)


if __name__ == "__main__":
    main()
