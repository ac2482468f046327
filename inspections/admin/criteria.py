"""Versions of the criteria: a published one is read-only for good."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.models import CriteriaSet, Criterion, ResultRule
from septam import clock
from septam.admin_base import OfficeModelAdmin


class _OfUnpublishedSet:
    """Rows of a set are typed in until it is published."""

    def _is_open(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or obj.published_at is None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Until the set is published."""
        return self._is_open(request, obj) and super().has_add_permission(request, obj)  # type: ignore[misc]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Until the set is published."""
        return self._is_open(request, obj) and super().has_change_permission(request, obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Until the set is published."""
        return self._is_open(request, obj) and super().has_delete_permission(request, obj)  # type: ignore[misc]


class CriterionInline(_OfUnpublishedSet, admin.StackedInline):
    """The items of a version."""

    model = Criterion
    extra = 0


class ResultRuleInline(_OfUnpublishedSet, admin.TabularInline):
    """How many items may fail."""

    model = ResultRule
    extra = 0


@admin.register(CriteriaSet)
class CriteriaSetAdmin(OfficeModelAdmin):
    """Requests keep the version that their owner accepted; so a published one never changes."""

    list_display = ("version", "title", "published_at", "is_sample")
    fields = ("version", "title", "published_at", "is_sample")
    readonly_fields = ("published_at",)
    inlines = (CriterionInline, ResultRuleInline)
    actions = ("publish",)

    def has_change_permission(self, request: HttpRequest, obj: CriteriaSet | None = None) -> bool:
        """Until it is published."""
        is_open = obj is None or obj.published_at is None
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: CriteriaSet | None = None) -> bool:
        """Until it is published."""
        is_open = obj is not None and obj.published_at is None
        return is_open and super().has_delete_permission(request, obj)

    @admin.action(description=gettext_lazy("Publish for new requests"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[CriteriaSet]) -> None:
        """From now on new requests are held against it. A set without items or rules stays unpublished."""
        for criteria in queryset.filter(published_at=None):
            if not criteria.criteria.exists() or criteria.result_rules.count() < len(
                ("SL1", "SL2", "SL3", "SL4")
            ):
                messages.error(
                    request, _("“%(set)s” lacks items or result rules.") % {"set": criteria}
                )
                continue
            criteria.published_at = clock.now()
            criteria.save(update_fields=["published_at"])
            self.log_change_of(request, criteria, "criteria.publish")
            messages.success(request, _("“%(set)s” was published.") % {"set": criteria})
