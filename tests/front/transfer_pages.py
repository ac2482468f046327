"""The pages of paying without a card, and of a purchase above the banks' limit, in their states."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from accounts.models import Role
from billing import gateways, orders
from billing.cart import cart_of
from billing.models import Proforma
from billing.transfers import matching, proformas, reports
from inspections import workflow
from septam import clock
from sites.models import Laboratory
from tests.billing.transfers import facts, make_finance, make_transfer
from tests.front.scene import Page, Scene
from tests.make import make_place
from tests.people import make_staff


def _page(name: str, url: str, data: dict[str, str] | None = None, prepare: Any = None) -> Page:
    """A page of the world's proforma, after `prepare(scene)`."""

    def reach(scene: Scene) -> Any:
        address = scene.url(url)
        if prepare is not None:
            prepare(scene)
        return scene.owner.get(address) if data is None else scene.owner.post(address, data)

    return Page(name, reach)


def _money(scene: Scene) -> None:
    """A report that is looked for, one that was not found, a part that came, money that was sent back."""
    order, finance, clerk = scene.world.held_order, make_staff(Role.FINANCE), make_finance("clerk")
    reports.report(order.owner, order.number, facts(2_000_000, "140300000001"))
    lost = reports.report(order.owner, order.number, facts(2_000_000, "140300000002"))
    matching.reject(lost.pk, finance, "در صورتحساب ۶ فروردین نیست")
    part = matching.record(facts(1_000_000, "140300000003"), clerk)
    matching.match(part.pk, order.number, finance)
    back = matching.record(facts(500_000, "140300000004"), clerk)
    matching.give_back(back.pk, finance, "دو بار واریز شده بود", "140300000099", order)


def _paid(scene: Scene) -> None:
    order, finance = scene.world.held_order, make_staff(Role.FINANCE)
    transfer = make_transfer(order.payable_rial)
    matching.match(transfer.pk, order.number, finance)


def _ended(scene: Scene) -> None:
    proformas.withdraw(scene.world.owner, scene.world.held_order.number)


def _order_of_proforma(prepare: Any = None, page: str = "billing:order") -> Any:
    def reach(scene: Scene) -> Any:
        if prepare is not None:
            prepare(scene)
        return scene.owner.get(scene.url(page, number=scene.world.held_order.number))

    return reach


@contextmanager
def _limit(rial: int) -> Iterator[None]:
    banks = [gateways.gateway(name) for name in gateways.names()]
    before = [bank.largest_rial for bank in banks]
    try:
        for bank in banks:
            bank.largest_rial = rial
        yield
    finally:
        for bank, largest in zip(banks, before, strict=True):
            bank.largest_rial = largest


def _large(scene: Scene) -> Any:
    """An owner's three places in the cart, of which a bank takes two at once."""
    owner = scene.world.owner
    scene.fill_cart()
    for title in ("شعبه بازار", "شعبه ونک"):
        workflow.open_request(make_place(owner, title), owner)
    return cart_of(owner)


def _split_cart(share: int) -> Any:
    def reach(scene: Scene) -> Any:
        with _limit(_large(scene).payable_rial // share):
            return scene.owner.get("/cart/")

    return reach


def _split_orders(scene: Scene) -> Any:
    cart = _large(scene)
    with _limit(cart.payable_rial * 2 // 3):
        orders.checkout_all(scene.world.owner, cart.payable_rial)
        return scene.owner.get("/orders/to-pay/")


def _order_above_the_limit(scene: Scene) -> Any:
    _large(scene)
    order = orders.checkout(scene.world.owner, cart_of(scene.world.owner).payable_rial)
    with _limit(1_000_000):
        return scene.owner.get(scene.url("billing:order", number=order.number))


def _last_day(scene: Scene) -> None:
    Proforma.objects.filter(order=scene.world.held_order).update(valid_until=clock.today())


def _shut(scene: Scene) -> None:
    Laboratory.objects.update(active=False)


def _part_after_the_last_day(scene: Scene) -> None:
    _money(scene)
    Proforma.objects.filter(order=scene.world.held_order).update(
        valid_until=clock.today() - timedelta(days=1)
    )


def _order_of_a_shut_laboratory(scene: Scene) -> Any:
    scene.fill_cart()
    order = orders.checkout(scene.world.owner, cart_of(scene.world.owner).payable_rial)
    _shut(scene)
    return scene.owner.get(scene.url("billing:order", number=order.number))


WRONG = {"amount_rial": "0", "paid_on": "1390/01/01", "reference": "?", "payer": ""}
TRANSFERS = [
    _page("proforma", "billing:proforma"),
    _page("proforma-last-day", "billing:proforma", prepare=_last_day),
    _page("proforma-with-transfers", "billing:proforma", prepare=_money),
    _page("proforma-paid", "billing:proforma", prepare=_paid),
    _page("proforma-ended", "billing:proforma", prepare=_ended),
    _page("proforma-laboratory-shut", "billing:proforma", prepare=_shut),
    _page("proforma-part-after-its-last-day", "billing:proforma", prepare=_part_after_the_last_day),
    _page("proforma-withdraw", "billing:proforma_withdraw"),
    _page("transfer-report", "billing:report_transfer"),
    _page("transfer-report-errors", "billing:report_transfer", data=WRONG),
    Page("order-with-proforma", _order_of_proforma()),
    Page("order-with-a-part", _order_of_proforma(_money)),
    Page("order-laboratory-shut", _order_of_a_shut_laboratory),
    Page("order-with-proforma-laboratory-shut", _order_of_proforma(_shut)),
    Page("receipt-of-a-transfer", _order_of_proforma(_paid, "billing:receipt")),
    Page("cart-split", _split_cart(2)),
    Page("cart-above-the-limit", _split_cart(4)),
    Page("orders-to-pay", _split_orders),
    Page("order-above-the-limit", _order_above_the_limit),
]
