"""The laboratories' share: which part of a visit's fee is a laboratory's, and the monthly statements of it."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models.orders import OrderLine
from billing.models.refunds import RefundCase
from billing.models.tariffs import FeeKind

if TYPE_CHECKING:
    from accounts.models import User


class ShareRule(models.Model):
    """A laboratory's part of a visit's base amount (before VAT) in a span of days, in basis points (7000 is 70 %)."""

    laboratory = models.ForeignKey(
        "septam_sites.Laboratory", models.PROTECT, related_name="share_rules",
        verbose_name=_("Laboratory"),
    )  # fmt: skip
    # Empty: every kind that has no rule of its own.
    kind = models.CharField(_("Kind"), max_length=10, choices=FeeKind.choices, blank=True)
    basis_points = models.PositiveIntegerField(_("Share in basis points"))
    # `[)`; without an upper bound: until further notice.
    days = DateRangeField(_("Days"))
    is_sample = models.BooleanField(_("Sample data"), default=False)

    class Meta:
        verbose_name = _("Share rule")
        verbose_name_plural = _("Share rules")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="share_rules_do_not_overlap",
                expressions=[
                    ("laboratory", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(basis_points__lte=10000), name="share_rule_sane"),
        ]

    def __str__(self) -> str:
        kind = self.get_kind_display() or gettext("Every kind of visit")
        return f"{self.laboratory} – {kind}"


class ShareStatementQuerySet(models.QuerySet["ShareStatement"]):
    """Who may see which statements."""

    def visible_to_staff(self, user: "User") -> Self:
        """All for finance and the portal's manager; a laboratory's manager sees the own laboratory's."""
        from accounts.models import Role
        from accounts.scope import has_role, laboratory_ids

        if has_role(user, Role.FINANCE, Role.MANAGER):
            return self
        return self.filter(laboratory_id__in=laboratory_ids(user, Role.LAB_MANAGER))


class ShareStatement(models.Model):
    """What one laboratory earned in one Jalali month. Made when finance closes the month, and never changed after.

    A trigger of the database keeps it: only the mark of its payment may be written, once.
    """

    laboratory = models.ForeignKey(
        "septam_sites.Laboratory", models.PROTECT, related_name="share_statements",
        verbose_name=_("Laboratory"),
        db_index=False,
    )  # fmt: skip
    number = models.CharField(_("Number"), max_length=24, unique=True)
    year = models.PositiveSmallIntegerField(_("Year"))
    month = models.PositiveSmallIntegerField(_("Month"))
    # Whole rial; what was returned is taken off, so that a month may end below zero.
    base_rial = models.BigIntegerField(_("Base amount (rial)"))
    laboratory_rial = models.BigIntegerField(_("Laboratory's share (rial)"))
    portal_rial = models.BigIntegerField(_("Portal's share (rial)"))
    closed_at = models.DateTimeField(_("Closed on"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Closed by")
    )
    paid_at = models.DateTimeField(_("Share paid on"), null=True)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("Payment noted by"),
    )  # fmt: skip
    paid_reference = models.CharField(_("Bank reference"), max_length=40, blank=True)

    objects = ShareStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("Share statement")
        verbose_name_plural = _("Share statements")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["laboratory", "year", "month"], name="statement_once_a_month"
            ),
            models.UniqueConstraint(
                fields=["paid_reference"], condition=~Q(paid_reference=""),
                name="statement_reference_once",
            ),
            models.CheckConstraint(
                condition=Q(base_rial=F("laboratory_rial") + F("portal_rial")),
                name="statement_sums_agree",
            ),
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12), name="statement_month_known"
            ),
            models.CheckConstraint(
                condition=Q(paid_at=None, paid_by=None, paid_reference="")
                | Q(paid_at__isnull=False, paid_by__isnull=False) & ~Q(paid_reference=""),
                name="statement_paid_with_a_reference",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["-year", "-month", "laboratory"], name="statement_month")
        ]

    def __str__(self) -> str:
        return self.number


class ShareRow(models.Model):
    """One visit fee of a statement, or what a refund took off it again (in a later month: a correction)."""

    statement = models.ForeignKey(ShareStatement, models.PROTECT, related_name="rows")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="share_rows")
    # Empty: the visit fee itself.
    refund = models.ForeignKey(
        RefundCase, models.PROTECT, null=True, related_name="share_rows", db_index=False
    )
    at = models.DateTimeField()
    basis_points = models.PositiveIntegerField()
    base_rial = models.BigIntegerField()
    laboratory_rial = models.BigIntegerField()
    portal_rial = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(refund=None), name="share_once_a_line"
            ),
            models.UniqueConstraint(fields=["refund", "line"], name="share_once_a_refund"),
            models.CheckConstraint(
                condition=Q(base_rial=F("laboratory_rial") + F("portal_rial")),
                name="share_row_sums_agree",
            ),
        ]
