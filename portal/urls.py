"""Addresses of the pages that join apps."""

from django.urls import path

from portal import design, health, metrics, public_pages, views, who_looked
from portal.support import find_views
from portal.support import views as support_views

app_name = "portal"
urlpatterns = [
    path("", public_pages.home, name="home"),
    path("places/", views.places, name="places"),
    path("history/", views.history, name="history"),
    path("profile/looks/", who_looked.who_looked, name="who_looked"),
    path("guide/", public_pages.guide, name="guide"),
    path("prices/", public_pages.prices, name="prices"),
    path("support/", public_pages.support, name="support"),
    path("support/write/", support_views.write, name="support_write"),
    path("support/sent/", support_views.sent, name="support_sent"),
    path("support/answer/", find_views.find, name="support_find"),
    path("support/answer/code/", find_views.enter_code, name="support_code"),
    path("support/threads/", support_views.thread_list, name="support_threads"),
    path("support/threads/<str:number>/", support_views.thread_page, name="support_thread"),
    path("faq/", public_pages.faq, name="faq"),
    path("accessibility/", public_pages.accessibility, name="accessibility"),
    path("design/", design.design, name="design"),
    path("design/<str:name>/", design.page, name="design_page"),
    path("robots.txt", public_pages.robots, name="robots"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.show, name="metrics"),
]
