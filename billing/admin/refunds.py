"""What is owed back to owners."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.shared import order_link, shown_moment
from billing.models import RefundCase
from septam import clock
from septam.admin_base import ReadOnlyAdmin
from septam.digits import to_persian
from septam.money import format_rial


@admin.register(RefundCase)
class RefundCaseAdmin(ReadOnlyAdmin):
    """What is owed back to owners, the oldest first."""

    personal = True
    fields = (
        "shown_order", "request", "reason", "state", "shown_paid", "shown_amount", "shown_created",
    )  # fmt: skip
    readonly_fields = ("shown_order", "shown_paid", "shown_amount", "shown_created")
    list_display = (
        "id", "shown_order", "reason", "shown_amount", "state", "shown_age", "shown_created",
    )  # fmt: skip
    list_filter = ("state", "reason")
    list_select_related = ("order",)
    ordering = ("id",)

    @admin.display(description=_("Order"))
    def shown_order(self, case: RefundCase) -> SafeString:
        """A link to the order."""
        return order_link(case.order)

    @admin.display(description=_("Paid (rial)"))
    def shown_paid(self, case: RefundCase) -> str:
        """In groups of three."""
        return format_rial(case.paid_rial)

    @admin.display(description=_("To be returned (rial)"))
    def shown_amount(self, case: RefundCase) -> str:
        """In groups of three."""
        return format_rial(case.amount_rial)

    @admin.display(description=_("Age"))
    def shown_age(self, case: RefundCase) -> str:
        """For how many whole days it is owed."""
        days = to_persian(max(0, (clock.now() - case.created_at).days))
        return _("%(days)s days") % {"days": days}

    @admin.display(description=_("Created"))
    def shown_created(self, case: RefundCase) -> str:
        """Day and hour."""
        return shown_moment(case.created_at)
