"""Addresses of the pages that join apps."""

from django.urls import path

from septam.unbuilt import unbuilt

app_name = "portal"
urlpatterns = [
    path("", unbuilt, name="home"),
    path("places/", unbuilt, name="places"),
    path("history/", unbuilt, name="history"),
    path("guide/", unbuilt, name="guide"),
    path("prices/", unbuilt, name="prices"),
    path("support/", unbuilt, name="support"),
    path("healthz", unbuilt, name="healthz"),
    path("readyz", unbuilt, name="readyz"),
]
