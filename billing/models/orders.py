"""Orders with frozen lines. An order is not a payment: it may have several attempts."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class OrderState(models.TextChoices):
    """What became of an order."""

    OPEN = "open", _("Waiting for payment")
    PAID = "paid", _("Paid already")
    CANCELLED = "cancelled", _("Cancelled")
    # Paid late, when the service could no longer be given: a refund is due.
    PAID_UNPLACED = "paid_unplaced", _("Paid, to be refunded")


class OrderQuerySet(models.QuerySet["Order"]):
    """Who may see which orders."""

    def visible_to(self, user: "User") -> Self:
        """The owner's own."""
        return self.filter(owner_id=user.pk)


class Order(models.Model):
    """What an owner agreed to pay; lines and sums are never recomputed."""

    number = models.CharField(_("Number"), max_length=14, unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="orders",
        verbose_name=_("Owner"),
        db_index=False,
    )
    state = models.CharField(
        _("State"), max_length=14, choices=OrderState.choices, default=OrderState.OPEN
    )
    base_rial = models.BigIntegerField(_("Sum before VAT"))
    vat_rial = models.BigIntegerField(_("VAT"))
    payable_rial = models.BigIntegerField(_("Payable"))
    created_at = models.DateTimeField(_("Created"))
    paid_at = models.DateTimeField(_("Paid"), null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("Order")
        verbose_name_plural = _("Orders")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(base_rial__gte=0, vat_rial__gte=0)
                & models.Q(payable_rial=models.F("base_rial") + models.F("vat_rial")),
                name="order_sums_agree",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=OrderState.values), name="order_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="order_owner"),
            models.Index(fields=["state", "-id"], name="order_state"),
            models.Index(
                fields=["paid_at"],
                condition=models.Q(paid_at__isnull=False),
                name="order_paid_at",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def place_titles(self) -> list[str]:
        """The places of its lines, each once; lines and their requests are loaded."""
        return list(dict.fromkeys(line.request.place_title for line in self.lines.all()))


class LineKind(models.TextChoices):
    """What a line is for."""

    VISIT = "visit", _("Visit fee")
    TRAVEL = "travel", _("Travel fee")
    CLOUD = "cloud", _("Cloud service")
    # «مابه‌التفاوت»: what a visit costs more than was paid, by what the expert found; an order of its own.
    DIFFERENCE = "diff", _("Difference of the visit fee")


# A line of each of these stands for one visit.
OF_A_VISIT = (LineKind.VISIT, LineKind.DIFFERENCE)


class OrderLine(models.Model):
    """One frozen line of an order; VAT is cut to whole rial per line."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    request = models.ForeignKey(
        "inspections.VisitRequest", models.PROTECT, related_name="order_lines"
    )
    kind = models.CharField(max_length=8, choices=LineKind.choices)
    title = models.CharField(_("Title"), max_length=200)
    amount_rial = models.BigIntegerField(_("Amount (rial)"))
    vat_basis_points = models.PositiveIntegerField(_("VAT rate in basis points"))
    vat_rial = models.BigIntegerField(_("VAT"))
    # What of the place the price was made for (billing.cart writes it): a changed place is priced anew.
    priced_for = models.CharField(max_length=100, blank=True)
    # Of a cloud service: which one, and the months that it was sold for.
    product = models.ForeignKey("septam_sites.CloudProduct", models.PROTECT, null=True)
    months = models.PositiveSmallIntegerField(null=True)
    # True while the order is open: a request is in at most one open order.
    open = models.BooleanField(_("In an open order"), default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(open=True, kind="visit"),
                name="request_in_one_open_order",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(open=True, kind="diff"),
                name="difference_in_one_open_order",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_rial__gte=0, vat_rial__gte=0), name="line_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.title
