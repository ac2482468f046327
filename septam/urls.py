"""All addresses of the portal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("portal.urls")),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("sites.urls")),
    path("", include("inspections.urls")),
    path("", include("billing.urls")),
    path("office/", admin.site.urls),
]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
