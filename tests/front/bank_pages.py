"""Several banks: the way to one that is reached by a link, and one that does not answer."""

from typing import Any

from billing.models import AttemptState, PaymentAttempt
from billing.numbers import bank_number
from septam import clock
from tests.front.scene import Page, Scene

AUTHORITY = "S" + "0" * 35


def _by_link(scene: Scene) -> Any:
    sent = PaymentAttempt.objects.filter(pk=scene.world.waiting.pk)
    sent.update(gateway="zarinpal", token=AUTHORITY)
    return scene.owner.get(scene.url("billing:go_to_bank"))


def _fail(scene: Scene, times: int) -> None:
    """The preferred bank gave no page, so many times."""
    order = scene.world.open_order
    for _try in range(times):
        PaymentAttempt.objects.create(
            order=order, gateway="behpardakht", order_number=bank_number(), amount_rial=order.payable_rial,
            state=AttemptState.FAILED, created_at=clock.now(),
        )  # fmt: skip


def _down_for_all(scene: Scene) -> Any:
    _fail(scene, 3)
    scene.fill_cart()
    return scene.owner.get("/cart/")


def _down_for_this(scene: Scene) -> Any:
    """Nothing else is under way: what was sent to the bank before has come to nothing."""
    earlier = PaymentAttempt.objects.filter(pk=scene.world.waiting.pk)
    earlier.update(state=AttemptState.ABANDONED)
    _fail(scene, 1)
    return scene.owner.get(scene.url("billing:order", number=scene.world.open_order.number))


BANKS = [
    Page("go-to-bank-by-link", _by_link),
    Page("cart-bank-down", _down_for_all),
    Page("order-bank-down", _down_for_this),
]
