"""The whole purchase: twenty buyers at once request, look at the cart, check out, pay at the bank and read the receipt.

The simulators have processes of their own, which are not counted; the worker's SMS and papers of the orders are.
"""

import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from bench.clients import Browser, at_once, wait_for
from bench.stack import PORTAL, Stack
from bench.table import Row
from bench.yardstick import Yardstick

BUYERS = 20
ORDERS_EACH = 2
# The middle of so many: in single ones a neighbour on the machine is up to a fifth.
ROUNDS = 7
BARE_PAGES, QUERIES = 20.0, 80.0
FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
ACTION = re.compile(r'<form[^>]* action="([^"]*)"')
ORDER = re.compile(r"/orders/(\d+)/bank/")
INVOICE = re.compile(r'href="(/invoices/\d+/)"')


@dataclass
class Buyer:
    """A browser at the portal, one at the bank, and places that were not requested yet."""

    browser: Browser
    bank: Browser
    places: list[int]
    orders: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    invoices: list[str] = field(default_factory=list)

    def buy(self) -> None:
        """One purchase from the dialog to the receipt. Raises Refused and whatever else goes wrong."""
        place = self.places.pop()
        self.browser.get(f"/places/{place}/request/")
        cart = self.browser.post(f"/places/{place}/request/", {"answer": "yes"})
        total = dict(FIELD.findall(cart))["shown_total"]
        to_bank = self.browser.post("/cart/checkout/", {"shown_total": total})
        number = ORDER.search(self.browser.path)
        assert number is not None, f"not led to the bank but to {self.browser.path}"
        back, fields = self.pay(hidden(to_bank))
        result = self.browser.post(back, fields)
        assert "پرداخت انجام شد" in result, "the result page does not say that it is paid"
        receipt = self.browser.get(f"/receipts/{number[1]}/")
        assert number[1].translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) in receipt
        self.orders.append(number[1])
        self.invoices += INVOICE.findall(receipt)[:1]

    def pay(self, fields: dict[str, str]) -> tuple[str, dict[str, str]]:
        """At the bank; the address and the fields of the way back."""
        referer = {"Referer": f"http://{self.browser.host}/"}
        page = self.bank.post("/pgwchannel/startpay.mellat", fields, **referer)
        action = ACTION.search(page)
        assert action is not None, "the bank's page has no form"
        answer = self.bank.post(unescape(action[1]), {**hidden(page), "choice": "pay"}, **referer)
        back = ACTION.search(answer)
        assert back is not None, "the bank leads nowhere"
        return "/" + unescape(back[1]).split("/", 3)[3], hidden(answer)


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms, without the token."""
    found = {name: unescape(value) for name, value in FIELD.findall(page)}
    found.pop("csrfmiddlewaretoken", None)
    return found


@dataclass(frozen=True)
class Round:
    """CPU seconds an order, and of the bare page beside it."""

    web: float
    worker: float
    database: float
    bare: float

    @property
    def ratio(self) -> float:
        """How many bare pages an order costs."""
        return (self.web + self.worker + self.database) / self.bare


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """The rows of the table, and notes below it."""
    seeds = stack.run("bench.seed", str(BUYERS), str((ROUNDS + 1) * ORDERS_EACH + 1))
    buyers = [Buyer(Browser(stack.url, s["session"]), Browser(stack.bank_url), s["places"]) for s in seeds]  # fmt: skip
    failed: list[str] = _buy(stack, buyers, 1)  # warm
    if failed:
        raise SystemExit(f"bench: a purchase fails: {failed[0]}")
    stack.forget_statements()
    failed += _buy(stack, buyers, ORDERS_EACH)
    made = sum(len(buyer.orders) for buyer in buyers) - BUYERS
    queries = stack.statements() / max(made, 1)
    frequent = stack.most_frequent()
    rounds = []
    for _number in range(ROUNDS):
        bare = yardstick.signed_in()
        done = sum(len(buyer.orders) for buyer in buyers)
        before = stack.cpu()
        failed += _buy(stack, buyers, ORDERS_EACH)
        spent = stack.cpu() - before
        orders = sum(len(buyer.orders) for buyer in buyers) - done or 1
        bare = (bare + yardstick.signed_in()) / 2
        rounds.append(Round(spent.web / orders, spent.worker / orders, spent.database / orders, bare))  # fmt: skip
    papers = list(_papers(stack, buyers, yardstick))
    notes = ["### Statements of the purchases, the most frequent first", "", "```", f"orders: {made}", frequent, "```"]  # fmt: skip
    return [*_rows(rounds, queries, failed), *papers], [*_failures(failed), *notes]


def _buy(stack: Stack, buyers: list[Buyer], times: int) -> list[str]:
    failed = at_once(lambda buyer: [buyer.buy() for _time in range(times)] and None, buyers)  # type: ignore[func-returns-value]
    if not wait_for(lambda: _is_quiet(stack), 60):
        failed.append("the worker did not finish its SMS and papers in a minute")
    return failed


def _is_quiet(stack: Stack) -> bool:
    """Whether the worker has sent every SMS and made every paper of the orders."""
    waiting = stack.cluster.sql(
        "SELECT (SELECT count(*) FROM notifications_smsmessage WHERE state IN ('queued', 'sending'))"
        " + (SELECT count(*) FROM billing_paperfile WHERE pdf = '')",
        PORTAL,
    )
    return waiting == "0"


def _papers(stack: Stack, buyers: list[Buyer], yardstick: Yardstick) -> Iterator[Row]:
    """What an invoice's PDF costs: it is made when it is first asked for, then kept."""
    _ask(stack, buyers, 1)  # warm
    bare = yardstick.signed_in()
    first, again = (_ask(stack, buyers, ORDERS_EACH, again=again) / bare for again in (False, True))
    size = max(buyer.browser.size for buyer in buyers) / 1024
    figure = f"{first:.1f} ×, {size:.0f} KB; asked again {again:.1f} ×"
    yield Row("PDF of an invoice, first ask", "", f"{figure} the bare page", None)


def _ask(stack: Stack, buyers: list[Buyer], times: int, *, again: bool = False) -> float:
    """CPU seconds of one PDF, of so many of each buyer: the next ones, or those of the last time."""

    def ask(buyer: Buyer) -> None:
        if not again:
            buyer.asked, buyer.invoices = buyer.invoices[:times], buyer.invoices[times:]
        for invoice in buyer.asked:
            buyer.browser.get(f"{invoice}invoice.pdf")

    before = stack.cpu()
    failed = at_once(ask, buyers)
    if failed:
        raise SystemExit(f"bench: a PDF fails: {failed[0]}")
    return (stack.cpu() - before).total / (times * len(buyers))


def _rows(rounds: list[Round], queries: float, failed: list[str]) -> Iterator[Row]:
    middle = sorted(rounds, key=lambda one: one.ratio)[len(rounds) // 2]
    ratio = statistics.median(one.ratio for one in rounds)
    all_ratios = ", ".join(f"{one.ratio:.1f}" for one in rounds)
    yield Row(f"purchase, {BUYERS} buyers at once: CPU an order", f"≤ {BARE_PAGES:g} × the bare page", f"{ratio:.1f} × ({all_ratios})", ratio <= BARE_PAGES)  # fmt: skip
    parts = f"web {middle.web * 1000:.1f}, worker {middle.worker * 1000:.1f}, Postgres {middle.database * 1000:.1f}; bare page {middle.bare * 1000:.2f}"
    yield Row("  its parts, in ms", "", parts, None)
    yield Row("purchase: statements an order, worker included", f"≤ {QUERIES:g}", f"{queries:.0f}", queries <= QUERIES)  # fmt: skip
    yield Row("purchases that failed", "0", str(len(failed)), not failed)


def _failures(failed: list[str]) -> list[str]:
    return [f"- failed: {one[:300]}" for one in failed[:5]]
