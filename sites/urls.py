"""Addresses of places and the lists they choose from."""

from django.urls import path

from sites import list_views, place_views

app_name = "sites"
urlpatterns = [
    path("suggest/cities/", list_views.city_suggest, name="city_suggest"),
    path("suggest/localities/", list_views.locality_suggest, name="locality_suggest"),
    path("suggest/categories/", list_views.category_suggest, name="category_suggest"),
    path("suggest/laboratories/", list_views.laboratory_choices, name="laboratory_choices"),
    path("places/new/", place_views.place_new, name="place_new"),
    path("places/new/form/", place_views.place_create, name="place_create"),
    path("places/<int:pk>/edit/", place_views.place_edit, name="place_edit"),
    path("places/<int:pk>/archive/", place_views.place_archive, name="place_archive"),
    path("places/<int:pk>/restore/", place_views.place_restore, name="place_restore"),
    path("categories/", list_views.category_browse, name="category_browse"),
]
