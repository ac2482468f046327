"""What an expert declared an interest in, and therefore never inspects."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ConflictKind(models.TextChoices):
    """What the interest is in."""

    PLACE = "place", _("A place")
    OWNER = "owner", _("An owner or a company")
    TRADE = "trade", _("A city or a category")


class ConflictQuerySet(models.QuerySet["ConflictOfInterest"]):
    """Declarations and those that count."""

    def standing(self) -> "ConflictQuerySet":
        """Those that nobody ended."""
        return self.filter(ended_at=None)


class ConflictOfInterest(models.Model):
    """A declared interest («تعارض منافع»). It is ended, never changed or deleted; rules: inspections.laboratories.fitness.

    A place goes by its postal code and a person by a keyed hash of a national id or mobile number, so that a
    declaration tells its reader nothing of who is registered here.
    """

    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="conflicts", verbose_name=_("Expert")
    )
    kind = models.CharField(_("Kind"), max_length=6, choices=ConflictKind.choices)
    postal_code = models.CharField(_("Postal code"), max_length=10, blank=True)
    person_hash = models.CharField(max_length=64, blank=True, editable=False)
    # The last digits of what was hashed, for people to tell declarations apart.
    person_hint = models.CharField(_("Number"), max_length=4, blank=True)
    city = models.ForeignKey(
        "septam_sites.City", models.PROTECT, null=True, blank=True, verbose_name=_("City")
    )
    category = models.ForeignKey(
        "septam_sites.Category", models.PROTECT, null=True, blank=True, verbose_name=_("Category")
    )
    what = models.CharField(_("What the interest is"), max_length=200)
    declared_at = models.DateTimeField(_("Declared"))
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Declared by")
    )
    ended_at = models.DateTimeField(_("Ended"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("Ended by")
    )  # fmt: skip
    ended_reason = models.CharField(_("Why it ended"), max_length=200, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("Conflict of interest")
        verbose_name_plural = _("Conflicts of interest")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="place") & ~Q(postal_code="")
                | Q(kind="owner") & ~Q(person_hash="")
                | Q(kind="trade") & (Q(city__isnull=False) | Q(category__isnull=False)),
                name="conflict_has_its_subject",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_reason=""),
                name="conflict_ended_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["expert"], condition=Q(ended_at__isnull=True), name="conflict_standing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.expert} – {self.subject}"

    @property
    def subject(self) -> str:
        """What it is about, in one line."""
        if self.kind == ConflictKind.PLACE:
            return f"{self.get_kind_display()}: {self.postal_code}"
        if self.kind == ConflictKind.OWNER:
            return f"{self.get_kind_display()}: …{self.person_hint}"
        return "، ".join(str(part) for part in (self.city, self.category) if part)
