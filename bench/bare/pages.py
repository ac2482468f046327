"""The two bare pages: one for somebody signed in, with one query of its own, and one for anybody, without any."""

from django.contrib.auth.decorators import login_required
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    """Session and user are read, as on each such page; then one query, messages, a form with its token."""
    return render(request, "page.html", {"rows": ContentType.objects.order_by("pk")[:5]})


def anonymous(request: HttpRequest) -> HttpResponse:
    """The same page without a session and without a query."""
    return render(request, "page.html", {"rows": ()})


urlpatterns = [path("in/", signed_in), path("out/", anonymous)]
