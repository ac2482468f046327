"""«پاسخ‌های آماده»: texts that staff put into answers and change as they like."""

from django.contrib import admin
from django.http import HttpRequest

from portal.models import CannedAnswer
from septam.office.base import OfficeModelAdmin


@admin.register(CannedAnswer)
class CannedAnswerAdmin(OfficeModelAdmin):
    """One that is no longer wanted is taken out of use, not deleted: the set-up would bring it back."""

    list_display = ("title", "subject", "position", "active")
    list_filter = ("subject", "active")
    fields = ("title", "subject", "text", "position", "active")

    def has_delete_permission(self, request: HttpRequest, obj: CannedAnswer | None = None) -> bool:
        """Never."""
        return False
