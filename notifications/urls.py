"""Addresses of notices."""

from django.urls import path

from septam.unbuilt import unbuilt

app_name = "notifications"
urlpatterns = [
    path("notices/", unbuilt, name="notices"),
]
