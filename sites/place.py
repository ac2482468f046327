"""The place: what an owner describes once and has certified again and again."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class RegistrantRole(models.TextChoices):
    """In what role the account's holder registers the place («سمت ثبت‌کننده»)."""

    OWNER = "owner", _("Owner")
    STEWARD = "steward", _("Steward")
    DEPUTY = "deputy", _("Deputy")
    ATTORNEY = "attorney", _("Attorney")


class Connection(models.TextChoices):
    """How the place's recorder is connected («ارتباطات»)."""

    LOCAL = "local", _("Local network")
    INTERNET = "internet", _("Internet")
    MOBILE = "mobile", _("Mobile internet")
    NONE = "none", _("None")


class PlaceState(models.TextChoices):
    """What an owner can do with a place; all else follows from its request and certificate."""

    DRAFT = "draft", _("Not completed")
    READY = "ready", _("Ready for a request")
    ARCHIVED = "archived", _("Archived")


class PlaceQuerySet(models.QuerySet["Place"]):
    """Who may see which places."""

    def visible_to(self, user: "User") -> Self:
        """The owner's own places. Staff see places through their requests and the office's admin."""
        return self.filter(owner_id=user.pk)


class Place(models.Model):
    """A business place («محل»). Its certified data freeze when a request of it is paid."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="places",
        verbose_name=_("Owner"),
        db_index=False,
    )
    state = models.CharField(
        _("State"), max_length=10, choices=PlaceState.choices, default=PlaceState.DRAFT
    )
    title = models.CharField(_("Title of the place"), max_length=80)
    sign_name = models.CharField(_("Name on the sign"), max_length=80, blank=True)
    category = models.ForeignKey(
        "septam_sites.Category", models.PROTECT, null=True, blank=True, verbose_name=_("Category")
    )
    postal_code = models.CharField(_("Postal code"), max_length=10, blank=True)
    area = models.DecimalField(_("Area"), max_digits=9, decimal_places=2, null=True, blank=True)
    city = models.ForeignKey(
        "septam_sites.City", models.PROTECT, null=True, blank=True, verbose_name=_("City")
    )
    address = models.TextField(_("Exact address"), blank=True, max_length=500)
    representative_name = models.CharField(_("Representative on site"), max_length=80, blank=True)
    representative_phone = models.CharField(
        _("Phone of the representative"), max_length=11, blank=True
    )
    second_phone = models.CharField(_("Second phone"), max_length=11, blank=True)
    visiting_hours = models.CharField(
        _("Good hours for a call and a visit"), max_length=120, blank=True
    )
    cloud_product = models.ForeignKey(
        "septam_sites.CloudProduct",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("Cloud service"),
    )
    cloud_landline = models.CharField(_("Landline of the cloud service"), max_length=11, blank=True)
    laboratory = models.ForeignKey(
        "septam_sites.Laboratory",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("Laboratory"),
    )
    connection = models.CharField(
        _("Connection"), max_length=10, choices=Connection.choices, blank=True
    )
    note = models.TextField(_("Explanatory note"), blank=True, max_length=1000)
    note_shared = models.BooleanField(_("Note shown to the expert"), default=False)
    registrant_role = models.CharField(
        _("Role of the registrant"),
        max_length=10,
        choices=RegistrantRole.choices,
        default=RegistrantRole.OWNER,
    )
    # Empty: the account's own holder; filled where the registrant acts for another.
    holder_name = models.CharField(_("Holder of the licence"), max_length=120, blank=True)
    holder_national_id = models.CharField(
        _("National number of the holder"), max_length=13, blank=True
    )
    women_only = models.BooleanField(_("For women only"), default=False)
    # Set by inspections.workflow in the transaction that marks a request paid or ends it.
    frozen = models.BooleanField(_("Data frozen"), default=False)
    search_key = models.CharField(max_length=240, editable=False, blank=True)
    created_at = models.DateTimeField(_("Created"))
    updated_at = models.DateTimeField(_("Last change"))

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("Place")
        verbose_name_plural = _("Places")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=PlaceState.values), name="place_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(area=None) | models.Q(area__gt=0), name="place_area_positive"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="place_owner"),
            # By its beginning too, whatever the database's order of letters is.
            models.Index(
                fields=["postal_code"], opclasses=["varchar_pattern_ops"], name="place_postal_start"
            ),
            # Few places have another holder than the account's.
            models.Index(
                fields=["holder_national_id"],
                condition=~models.Q(holder_national_id=""),
                name="place_holder",
            ),
            # The office's filters.
            models.Index(fields=["state", "-id"], name="place_state"),
            models.Index(fields=["-id"], condition=models.Q(frozen=True), name="place_frozen"),
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="place_search"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_complete(self) -> bool:
        """Whether the owner ticked that the data are complete and need no correction."""
        return self.state == PlaceState.READY


def about_place(place_id: int) -> str:
    """The name of a place in the outbox, by which its reminders are taken back once it is renewed or archived."""
    return f"place:{place_id}"
