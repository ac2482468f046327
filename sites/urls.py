"""Addresses of places and the lists they choose from."""

from django.urls import path

from septam.unbuilt import unbuilt

app_name = "sites"
urlpatterns = [
    path("places/new/", unbuilt, name="place_new"),
    path("places/<int:pk>/edit/", unbuilt, name="place_edit"),
    path("places/<int:pk>/archive/", unbuilt, name="place_archive"),
    path("suggest/cities/", unbuilt, name="city_suggest"),
    path("suggest/categories/", unbuilt, name="category_suggest"),
    path("categories/", unbuilt, name="category_browse"),
]
