"""Addresses of notices."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [path("notices/", views.notice_list, name="notices")]
