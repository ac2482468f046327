"""An owner's refunds, step by step, and the account for the money."""

from collections.abc import Callable
from typing import Any

from accounts.models import Role
from billing.models import Order, OrderState
from septam import clock
from tests.front.scene import Page, Scene
from tests.people import make_staff

IBAN = "IR062960000000100324200001"


def _owe_all(scene: Scene) -> None:
    """The money came too late, and all of it is owed back."""
    order = scene.world.paid_order
    Order.objects.filter(pk=order.pk).update(state=OrderState.PAID_UNPLACED)
    order.refund_cases.update(paid_rial=order.payable_rial, amount_rial=order.payable_rial)


def _order(name: str, **changes: Any) -> Page:
    """The order's page with its refund as the step wrote it (the steps' own commits have no place in a test's)."""

    def reach(scene: Scene) -> Any:
        finance, now = make_staff(Role.FINANCE), clock.now()
        by = dict.fromkeys(("approved_by", "done_by", "refused_by"), finance)
        at = dict.fromkeys(("approved_at", "done_at", "refused_at"), now)
        ends = {"approved": "done refused", "done": "refused", "refused": "approved done"}
        left_out = tuple(ends[changes["state"]].split())
        values = {name: one for name, one in (by | at).items() if not name.startswith(left_out)}
        _owe_all(scene)
        scene.world.paid_order.refund_cases.update(**values, **changes)
        return scene.owner.get(scene.url("billing:order"))

    return Page(name, reach)


def _ask(scene: Scene) -> Any:
    return scene.owner.get(scene.url("billing:refund_iban"))


def _wrong(scene: Scene) -> Any:
    return scene.owner.post(scene.url("billing:refund_iban"), {"iban": "IR12", "answer": "yes"})


def _late_money(page: str) -> Callable[[Scene], Any]:
    def reach(scene: Scene) -> Any:
        _owe_all(scene)
        return scene.owner.get(scene.url(page))

    return reach


REFUNDS = [
    Page("order-paid_unplaced", _late_money("billing:order")),
    Page("receipt-late-money", _late_money("billing:receipt")),
    _order("refund-approved", state="approved", iban=IBAN),
    _order("refund-done", state="done", method="transfer", reference="140300998877"),
    _order(
        "refund-refused",
        state="refused",
        refusal="بانک این مبلغ را همان روز به کارت شما برگردانده است.",
    ),
    Page("refund-iban", _ask),
    Page("refund-iban-wrong", _wrong),
]
