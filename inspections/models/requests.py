"""The visit request and its story."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class RequestStatus(models.TextChoices):
    """Where a visit request stands; inspections.workflow alone writes it."""

    IN_CART = "in_cart", _("In the cart")
    SCHEDULING = "scheduling", _("Scheduling")
    PROPOSED = "proposed", _("Waiting for the time to be confirmed")
    ACCEPTED = "accepted", _("Accepted, waiting for the visit")
    VISITED = "visited", _("Visited, waiting for the result")
    CERTIFIED = "certified", _("Certificate issued")
    NONCONFORMING = "nonconforming", _("Defects to be mended")
    NO_SHOW = "no_show", _("Responsible person absent")
    CANCELLED = "cancelled", _("Cancelled")


# Named sets; querysets, views and constraints share them.
LIVE = ("in_cart", "scheduling", "proposed", "accepted", "visited")
BEFORE_VISIT = ("scheduling", "proposed", "accepted")
PAID_OPEN = ("scheduling", "proposed", "accepted", "visited")
FINAL = ("certified", "nonconforming", "no_show", "cancelled")


# Where the short reason says more than the status: it is shown in its place.
_SAID = {
    ("scheduling", "missed"): _("Scheduling anew, the expert did not come"),
    ("no_show", "withheld"): _("Conditions of the visit not met"),
    ("visited", "difference"): _("Visited, waiting for the difference to be paid"),
    ("cancelled", "withdrawn"): _("Withdrawn by the owner"),
    ("cancelled", "unpaid"): _("Ended, the difference was not paid"),
}


class RequestKind(models.TextChoices):
    """Which fee a request is for."""

    FIRST = "first", _("First visit")
    REVISIT = "revisit", _("Re-visit")
    REPEAT = "repeat", _("Repeated visit")
    RENEWAL = "renewal", _("Renewal")


class VisitRequestQuerySet(models.QuerySet["VisitRequest"]):
    """Who may see which requests."""

    def live(self) -> Self:
        """Requests that are not final."""
        return self.filter(status__in=LIVE)

    def in_cart(self) -> Self:
        """Requests that wait for payment."""
        return self.filter(status=RequestStatus.IN_CART)

    def visible_to(self, user: "User") -> Self:
        """An owner's own requests; for staff, inspections.scope decides."""
        return self.filter(owner_id=user.pk)


class VisitRequest(models.Model):
    """A request to have a place visited. `snapshot` holds the place's data as they were paid for."""

    number = models.CharField(_("Tracking number"), max_length=12, unique=True)
    place = models.ForeignKey(
        "septam_sites.Place", models.PROTECT, related_name="requests", db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="visit_requests",
        db_index=False,
    )
    kind = models.CharField(max_length=10, choices=RequestKind.choices, default=RequestKind.FIRST)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followers"
    )
    status = models.CharField(
        _("Status"), max_length=14, choices=RequestStatus.choices, default=RequestStatus.IN_CART
    )
    reason = models.CharField(max_length=40, blank=True)
    criteria_set = models.ForeignKey("inspections.CriteriaSet", models.PROTECT)
    criteria_accepted_at = models.DateTimeField()
    laboratory = models.ForeignKey("septam_sites.Laboratory", models.PROTECT, db_index=False)
    province = models.ForeignKey("septam_sites.Province", models.PROTECT)
    city = models.ForeignKey("septam_sites.City", models.PROTECT)
    assigned_expert = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_requests",
        db_index=False,
    )
    snapshot = models.JSONField(default=dict)
    # The place's search key at payment, for the office's search.
    search_key = models.CharField(max_length=240, blank=True, editable=False)
    created_at = models.DateTimeField(_("Created"))
    paid_at = models.DateTimeField(_("Paid"), null=True)
    status_changed_at = models.DateTimeField(_("Status since"))
    # Since when its laboratory cannot visit it, so that its owner chooses another one (inspections.laboratories.choice).
    new_laboratory_since = models.DateTimeField(null=True, editable=False)
    # When its first visit time was proposed; how long owners lately waited for one (inspections.queue).
    first_proposed_at = models.DateTimeField(null=True, editable=False)
    # When the owner was told that the cart lets it go soon.
    reminded_at = models.DateTimeField(null=True)

    objects = VisitRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("Visit request")
        verbose_name_plural = _("Visit requests")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place"],
                condition=models.Q(status__in=LIVE),
                name="one_live_request_a_place",
            ),
            models.UniqueConstraint(
                fields=["previous"],
                condition=models.Q(kind="revisit") & ~models.Q(status="cancelled"),
                name="one_revisit_a_report",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=RequestStatus.values), name="request_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["in_cart", "cancelled"])
                | models.Q(paid_at__isnull=False),
                name="request_paid_before_service",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="request_owner"),
            models.Index(fields=["place", "-id"], name="request_place"),
            models.Index(fields=["laboratory", "status", "-id"], name="request_lab_status"),
            models.Index(fields=["assigned_expert", "status", "-id"], name="request_expert_status"),
            models.Index(fields=["status", "-id"], name="request_status"),
            # All that a laboratory ever had, newest first: its history, counted and paged without a look at the rows.
            models.Index(
                fields=["laboratory", "-id"],
                condition=models.Q(paid_at__isnull=False),
                name="request_lab_history",
            ),
            models.Index(
                fields=["new_laboratory_since"],
                condition=models.Q(new_laboratory_since__isnull=False),
                name="request_new_laboratory",
            ),
            # A laboratory's last first proposals with how long they took, without a look at the rows.
            models.Index(
                fields=["laboratory", "-first_proposed_at"],
                include=["paid_at"],
                condition=models.Q(first_proposed_at__isnull=False),
                name="request_first_proposed",
            ),
            # What waits for an expert, oldest first.
            models.Index(
                fields=["laboratory", "paid_at", "id"],
                condition=models.Q(status="scheduling", assigned_expert__isnull=True),
                name="request_unassigned",
            ),
            models.Index(
                fields=["status_changed_at"],
                condition=models.Q(status="in_cart"),
                name="request_cart_since",
            ),
            # The open work of the whole country, the oldest first.
            models.Index(
                fields=["paid_at", "id"],
                condition=models.Q(status__in=PAID_OPEN),
                name="request_open_oldest",
            ),
            # The queue by age, counted for the office's first page without a look at the rows.
            models.Index(
                fields=["laboratory", "status", "paid_at"],
                include=["province", "city"],
                condition=models.Q(status__in=PAID_OPEN),
                name="request_queue",
            ),
            # Ended requests that still say who was on site: inspections.forgetting.
            models.Index(
                fields=["status_changed_at"],
                condition=models.Q(status__in=FINAL, snapshot__has_key="representative_phone"),
                name="request_contacts",
            ),
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="request_search"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def standing(self) -> str:
        """The status as people read it, with the short reason where that says more."""
        said = _SAID.get((self.status, self.reason))
        return str(said or RequestStatus(self.status).label)

    @property
    def place_title(self) -> str:
        """The title as it was paid for, else as it stands."""
        return str(self.snapshot.get("title") or self.place.title)


class RequestEvent(models.Model):
    """One step of a request's story; written by the workflow in the transaction of the step."""

    request = models.ForeignKey(VisitRequest, models.PROTECT, related_name="events", db_index=False)
    at = models.DateTimeField()
    # None: the system (a job, a bank's answer).
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=30)
    from_status = models.CharField(max_length=14, blank=True)
    to_status = models.CharField(max_length=14)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["request", "id"], name="event_request"),
            # Steps are only ever added, so a few bytes for each 32 pages find those of a day.
            BrinIndex(fields=["at"], name="event_at", pages_per_range=32, autosummarize=True),
        ]
        ordering: ClassVar = ["id"]
