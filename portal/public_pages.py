"""Pages that anyone may read: home, guide, prices, support."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from billing.price_list import tariffs_for
from portal import guide_text, price_calculator
from portal.price_table import least_payable, price_table
from septam import clock
from septam.kept_pages import same_for_visitors


@require_safe
@same_for_visitors(clock.today, shows="prices")
def home(request: HttpRequest) -> HttpResponse:
    """What the certificate is, for whom, what it costs, how long it takes, the steps, a calculator and the ways in."""
    months = settings.VALIDITY_MONTHS.values()
    today = clock.today()
    context = {
        "form": price_calculator.VisitForm(),
        "least": least_payable(tariffs_for(today), today),
        "shortest": min(months),
        "longest": max(months),
    }
    return render(request, "portal/home.html", context)


@require_safe
@same_for_visitors()
def guide(request: HttpRequest) -> HttpResponse:
    """The user's guide, word for word, with a picture for each step."""
    return render(request, "portal/guide.html", {"guide": guide_text.guide()})


@require_safe
@same_for_visitors(clock.today, shows="prices")
def prices(request: HttpRequest) -> HttpResponse:
    """The prices that are in force today, and what one visit would cost (asked by GET)."""
    today = clock.today()
    tariffs = tariffs_for(today)
    form, calculated = price_calculator.asked(request.GET, today, tariffs)
    rates = [vat.basis_points for vat in tariffs.vats]
    context = {
        "today": today,
        "form": form,
        "calculated": calculated,
        "table": price_table(tariffs),
        "vat_percent": f"{rates[0] / 100:g}" if rates else "",
        "has_samples": tariffs.has_samples,
    }
    return render(request, "portal/prices.html", context)


@require_safe
@same_for_visitors()
def support(request: HttpRequest) -> HttpResponse:
    """How to reach support, and what to do when something did not come."""
    return render(request, "portal/support.html", {"recover_url": reverse("accounts:recover")})


@require_safe
@same_for_visitors()
def faq(request: HttpRequest) -> HttpResponse:
    """«پرسش‌های پرتکرار»: what owners ask most, answered from the guide and the rules."""
    return render(request, "portal/faq.html")


@require_safe
@same_for_visitors()
def accessibility(request: HttpRequest) -> HttpResponse:
    """«دسترس‌پذیری»: what the pages hold to, how that is tested, what is known to be missing, where to tell of more."""
    return render(request, "portal/accessibility.html")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read."""
    return render(request, "robots.txt", content_type="text/plain")
