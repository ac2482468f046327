"""`make cluster ARGS=--prove`: journeys and races through nginx, on two web servers, two workers, one Postgres and one Redis.

What is bought, raced for and booked goes over HTTP alone; the books are compared as in the other runs.
"""

import argparse
import os
import random
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "septam.settings")

import requests
from lxml import html

from bench.clients import Browser, at_once
from bench.drills import report
from bench.purchase import FIELD, Buyer, hidden
from tests.killing.cluster_cache import Scene
from tests.killing.stage import CLONE, Stage, own_server
from tools import pooler
from tools.cluster import start_behind_nginx

REPORT = CLONE / "docs" / "faults.md"
BUYERS, ORDERS = 10, 2
PAYMENTS, COPIES = 200, 10
PROPOSALS = 10
POOLED = ", PgBouncer by transaction between the web servers and it"
Row = tuple[str, str, str, str]


@contextmanager
def cluster(*, pooled: bool) -> Iterator[Stage]:
    """The stage with everything twice, as the portal's own role of the database; web servers through PgBouncer if told."""
    with own_server("cluster") as (_server, running, folder):
        running.as_portal_role()
        children, port = running.children, running.addresses.port
        url = children.environment["DATABASE_URL"]
        of_webs = pooler.start(children, folder / "pooler", url, port + 5) if pooled else {}
        start_behind_nginx(
            sys.executable, children, port, folder / "nginx", as_root=os.geteuid() == 0, of_webs=of_webs
        )  # fmt: skip
        yield running


def journeys(running: Stage) -> Row:
    """Owners request, look at the cart, check out, pay and read their receipts, all at once."""
    buyers = make_buyers(running, 5000, BUYERS, ORDERS)

    def buy(one: Buyer) -> None:
        for _time in range(ORDERS):
            one.buy()

    failed = at_once(buy, buyers)
    bought = sum(len(one.orders) for one in buyers)
    holds = not failed and bought == BUYERS * ORDERS
    return (
        "purchases from the dialog to the receipt, ten owners at once",
        f"{BUYERS * ORDERS}",
        f"{bought} done; {failed[:1] or 'none failed'}",
        verdict(holds),
    )


def payment_race(running: Stage) -> Row:
    """Ten copies of each return from the bank, shuffled, by both web servers."""
    from billing.models import AttemptState, PaymentAttempt, PaymentEvent
    from tests.killing.fault_cases import answer

    root = running.addresses.portal
    made = [before_return(one) for one in make_buyers(running, 6000, PAYMENTS, 1)]
    copies = [(root + back, fields) for back, fields in made for _copy in range(COPIES)]
    random.shuffle(copies)
    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda copy: answer(*copy), copies))
    tokens = [fields["RefId"] for _back, fields in made]
    tries = PaymentAttempt.objects.filter(token__in=tokens)
    paid = tries.filter(state=AttemptState.SETTLED).count()
    moves = PaymentEvent.objects.filter(attempt__in=tries, to_state=AttemptState.SETTLED)
    doubled = moves.exclude(from_state=AttemptState.SETTLED).count() - paid
    seen = f"{paid} settled, doubled {doubled}, {statuses.count(200)} answered with the page"
    holds = paid == PAYMENTS and not doubled and statuses.count(200) == len(copies)
    return (
        f"{COPIES} copies of the return of each of {PAYMENTS} payments", str(len(copies)), seen, verdict(holds),
    )  # fmt: skip


def make_buyers(running: Stage, first: int, count: int, places: int) -> list[Buyer]:
    """Owners with complete places, each signed in with a browser of its own."""
    from bench.seed import buyer

    seeds: list[Any] = [buyer(first + number, places) for number in range(count)]
    root = running.addresses.portal
    return [
        Buyer(Browser(root, one["session"]), Browser(running.bank_url), one["places"])
        for one in seeds
    ]


def before_return(one: Buyer) -> tuple[str, dict[str, str]]:
    """A purchase up to the way back from the bank: its address and fields."""
    place = one.places.pop()
    one.browser.get(f"/places/{place}/request/")
    cart = one.browser.post(f"/places/{place}/request/", {"answer": "yes"})
    total = dict(FIELD.findall(cart))["shown_total"]
    to_bank = one.browser.post("/cart/checkout/", {"shown_total": total})
    return one.pay(hidden(to_bank))


def booking_race(running: Stage) -> Row:
    """One expert in ten windows proposes one and the same hour to ten owners at once."""
    from inspections.models import VisitSlot

    expert, cookie, requests_of = booking_scene()
    forms = [open_form(running, cookie, pk) for pk in requests_of]
    with ThreadPoolExecutor(PROPOSALS) as pool:
        answers = list(pool.map(lambda form: send(cookie, *form), forms))
    booked = VisitSlot.objects.filter(expert=expert, state="proposed").count()
    seen = f"{booked} booked, {sum(status == 200 for status in answers)} refused with words, {sum(status >= 500 for status in answers)} errors"
    return (
        "proposals of one expert's one hour to ten owners at once",
        str(len(answers)),
        seen,
        verdict(booked == 1 and max(answers) < 500),
    )


def booking_scene() -> tuple[Any, str, list[int]]:
    """An expert who is signed in with a second factor, and requests that wait for a time and are his."""
    from accounts.models import User
    from inspections.models import VisitRequest
    from tests.people import make_expert, office_client

    waiting = VisitRequest.objects.filter(status="scheduling").order_by("-pk")[:PROPOSALS]
    expert: User = make_expert(waiting[0].laboratory, "cluster-expert")
    found = [one.pk for one in waiting]
    VisitRequest.objects.filter(pk__in=found).update(
        assigned_expert=expert, laboratory=waiting[0].laboratory
    )
    return expert, office_client(expert).cookies["sessionid"].value, found


def browser(cookie: str) -> requests.Session:
    """A browser of the office."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set("sessionid", cookie, domain="127.0.0.1", path="/")
    return session


def open_form(running: Stage, cookie: str, pk: int) -> tuple[str, dict[str, str], str]:
    """The form of a visit time as the office shows it, filled in; with the token of its browser."""
    from septam import clock, jalali

    root = running.addresses.portal
    with browser(cookie) as window:
        page = window.get(f"{root}/office/inspections/visitrequest/{pk}/change/", timeout=60)
        links = re.findall(r'href="([^"]+)"[^>]*>\s*پیشنهاد زمان بازدید', page.text)
        assert links, f"no way to propose a time on the page of request {pk} ({page.status_code})"
        url = requests.compat.urljoin(page.url, links[0])  # type: ignore[attr-defined]
        shown = window.get(url, timeout=60)
        form: Any = next(one for one in html.fromstring(shown.text).forms if "day" in one.fields)
        fields = dict(form.form_values())
        fields |= {"day": jalali.latin_date(clock.today() + timedelta(days=5)), "hour": "10:00"}
        # Whatever weekday or holiday that is.
        fields["override_reason"] = "به خواست صاحب محل"
        return url, fields, str(window.cookies.get("csrftoken"))


def send(cookie: str, url: str, fields: dict[str, str], token: str) -> int:
    """The answer to the form: 302 booked, 200 refused with words."""
    with browser(cookie) as window:
        window.cookies.set("csrftoken", token, domain="127.0.0.1", path="/")
        answer = window.post(
            url, data=fields, timeout=60, allow_redirects=False, headers={"Referer": url}
        )
    return answer.status_code


def verdict(holds: bool) -> str:
    """In a word."""
    return "holds" if holds else "**broken**"


def main() -> int:
    """1 where something does not hold."""
    parser = argparse.ArgumentParser(description="Journeys and races through nginx")
    parser.add_argument("--prove", action="store_true", help="what `make cluster` tells it by")
    parser.add_argument("--pooled", action="store_true", help="PgBouncer before the database")
    pooled = parser.parse_args().pooled
    with cluster(pooled=pooled) as running:
        from django.core.management import call_command

        call_command("setup_reference", verbosity=0)
        rows = [journeys(running), payment_race(running), booking_race(running)]
        rows += Scene(running, make_buyers).rows()
        from tests.billing.balance import differences, sales_of

        differing = differences(sales_of(running.ledger()))
    told = "; ".join(differing) or "none"
    text = (
        f"Two web servers and two workers behind nginx, one Postgres{POOLED if pooled else ''}, one Redis. Differences between all"
        f" books in the end: {told}.\n\n"
        + report.table(("what", "tries", "seen", "verdict"), list(rows))
    )
    report.keep("cluster pooled" if pooled else "cluster", text, REPORT)
    print(text)
    return 0 if not differing and all(row[3] == "holds" for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
