"""Addresses of notices, and the one that SMS providers call."""

from django.urls import path

from notifications import callback, views

app_name = "notifications"
urlpatterns = [
    path("notices/", views.notice_list, name="notices"),
    path("notices/read/", views.mark_read, name="mark_read"),
    path("notices/sms/", views.sms_choice, name="sms_choice"),
    path("announcements/<int:pk>/put-away/", views.put_away, name="put_away"),
    path("notices/<int:pk>/", views.open_notice, name="open_notice"),
    path("sms-status/<str:secret>/", callback.sms_status, name="sms_status"),
]
