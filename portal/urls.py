"""Addresses of the pages that join apps."""

from django.urls import path

from portal import health, public_pages, views

app_name = "portal"
urlpatterns = [
    path("", public_pages.home, name="home"),
    path("places/", views.places, name="places"),
    path("history/", views.history, name="history"),
    path("guide/", public_pages.guide, name="guide"),
    path("prices/", public_pages.prices, name="prices"),
    path("support/", public_pages.support, name="support"),
    path("robots.txt", public_pages.robots, name="robots"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
