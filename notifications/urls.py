"""Addresses of notices."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("notices/", views.notice_list, name="notices"),
    path("notices/read/", views.mark_read, name="mark_read"),
    path("notices/sms/", views.sms_choice, name="sms_choice"),
    path("notices/<int:pk>/", views.open_notice, name="open_notice"),
]
