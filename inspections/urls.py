"""Addresses of visit requests, visits and certificates."""

from django.urls import path

from inspections import request_views, sale_views
from inspections.certificates import views as certificate_views
from inspections.complaints import views as complaint_views
from inspections.criteria import views as criteria_views
from inspections.laboratories import views as laboratory_views
from inspections.reports import views as report_views
from inspections.visits import feed_views
from inspections.visits import views as visit_views

app_name = "inspections"
urlpatterns = [
    path("places/<int:pk>/request/", request_views.request_visit, name="request_visit"),
    path("places/<int:pk>/sold/", sale_views.place_sold, name="place_sold"),
    path("criteria/<int:pk>/", criteria_views.criteria, name="criteria"),
    path("requests/<str:number>/", request_views.request_page, name="request"),
    path("requests/<str:number>/sheet/", request_views.request_sheet, name="request_sheet"),
    path("requests/<str:number>/report/", report_views.report, name="report"),
    path("requests/<str:number>/photos/<str:token>/", report_views.photo, name="photo"),
    path("requests/<str:number>/withdraw/", visit_views.withdraw, name="withdraw"),
    path("requests/<str:number>/another-time/", visit_views.another_time, name="another_time"),
    path(
        "requests/<str:number>/laboratory/",
        laboratory_views.choose_laboratory,
        name="choose_laboratory",
    ),
    path("requests/<str:number>/missed/", visit_views.missed_visit, name="missed_visit"),
    path("requests/<str:number>/hours/", visit_views.name_hours, name="name_hours"),
    path("requests/<str:number>/visit.ics", visit_views.visit_ics, name="visit_ics"),
    path("requests/<str:number>/complain/", complaint_views.complain, name="complain"),
    path("visit-times/<int:pk>/", visit_views.slot_confirm, name="slot_confirm"),
    path("visit-times/<int:pk>/decline/", visit_views.slot_decline, name="slot_decline"),
    path("certificates/<str:number>/", certificate_views.certificate, name="certificate"),
    path(
        "certificates/<str:number>/certificate.pdf",
        certificate_views.certificate_pdf,
        name="certificate_pdf",
    ),
    path("check/", certificate_views.check, name="check"),
    path("c/<str:code>/", certificate_views.public_certificate, name="public_certificate"),
    path(
        "c/<str:code>/certificate.pdf",
        certificate_views.public_certificate_pdf,
        name="public_certificate_pdf",
    ),
    path("feed/<str:secret>/visits.ics", feed_views.expert_feed, name="expert_feed"),
    path("expert/", certificate_views.expert_check, name="expert_check"),
]
