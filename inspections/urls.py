"""Addresses of visit requests, visits and certificates."""

from django.urls import path

from septam.unbuilt import unbuilt

app_name = "inspections"
urlpatterns = [
    path("places/<int:pk>/request/", unbuilt, name="request_visit"),
    path("criteria/<int:pk>/", unbuilt, name="criteria"),
    path("requests/<str:number>/", unbuilt, name="request"),
    path("requests/<str:number>/sheet/", unbuilt, name="request_sheet"),
    path("visit-times/<int:pk>/", unbuilt, name="slot_confirm"),
    path("visit-times/<int:pk>/decline/", unbuilt, name="slot_decline"),
    path("requests/<str:number>/withdraw/", unbuilt, name="withdraw"),
    path("requests/<str:number>/visit.ics", unbuilt, name="visit_ics"),
    path("certificates/<str:number>/", unbuilt, name="certificate"),
    path("certificates/<str:number>/certificate.pdf", unbuilt, name="certificate_pdf"),
    path("check/", unbuilt, name="check"),
    path("c/<str:code>/", unbuilt, name="public_certificate"),
    path("c/<str:code>/certificate.pdf", unbuilt, name="public_certificate_pdf"),
    path("expert/", unbuilt, name="expert_check"),
]
