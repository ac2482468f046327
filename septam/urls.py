"""All addresses of the portal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    # They are tried in this order: first those with the pages that are opened most, and what is asked at each letter.
    path("", include("sites.urls")),
    path("", include("portal.urls")),
    path("", include("notifications.urls")),
    path("", include("billing.urls")),
    path("", include("inspections.urls")),
    path("", include("accounts.urls")),
    path("office/", admin.site.urls),
]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
