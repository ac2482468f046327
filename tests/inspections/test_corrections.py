"""Support corrects a slip in frozen data until the laboratory decided; what decides the price stays."""

import pytest

from accounts.models import Role
from inspections import workflow
from inspections.models import Certificate, Correction
from notifications.models import Notice, SmsMessage
from septam.models import AuditEvent
from tests.accounts.steps import page
from tests.inspections.journey import Journey, at_status
from tests.people import make_staff, office_client

pytestmark = pytest.mark.usefixtures("at_start")
WRONG, RIGHT = "طلافروشی حسینی", "طلافروشی حسینی و پسران"


def corrected(journey: Journey, **values: str) -> None:
    """By support, with a reason."""
    support = make_staff(Role.SUPPORT)
    workflow.correct(journey.request.pk, support, {"title": RIGHT, **values}, "غلط املایی")


def test_the_place_the_requests_copy_the_search_and_the_certificate_follow() -> None:
    journey = at_status("visited")
    corrected(journey, address="خیابان ولیعصر، پلاک ۲۱")
    visit = journey.fresh()
    journey.place.refresh_from_db()
    assert (journey.place.title, visit.snapshot["title"]) == (RIGHT, RIGHT)
    assert visit.snapshot["address"] == "خیابان ولیعصر، پلاک ۲۱"
    assert journey.place.frozen
    assert "پسران" in visit.search_key
    workflow.endorse(visit.report.pk, journey.manager)
    assert Certificate.objects.get().snapshot["title"] == RIGHT


def test_what_stood_before_is_kept_and_the_audit_log_holds_no_value() -> None:
    journey = at_status("scheduling")
    before = journey.place.title
    corrected(journey)
    kept = Correction.objects.get()
    assert (kept.before, kept.after, kept.reason) == (
        {"title": before},
        {"title": RIGHT},
        "غلط املایی",
    )
    event = AuditEvent.objects.get(verb="place.correct")
    assert event.detail["fields"] == ["title"]
    assert RIGHT not in str(event.detail)
    assert event.owner_ids == [journey.owner.pk]
    assert SmsMessage.objects.filter(event="request.corrected", user=journey.owner).exists()
    assert Notice.objects.filter(event="request.corrected", user=journey.owner).exists()


@pytest.mark.parametrize(
    "field", ["category", "city", "area", "cloud_product", "laboratory", "women_only"]
)
def test_what_decides_price_laboratory_or_expert_is_no_slip(field: str) -> None:
    journey = at_status("scheduling")
    with pytest.raises(KeyError):
        corrected(journey, **{field: "1"})
    assert not Correction.objects.exists()


def test_on_the_page_support_sees_what_stands_there_and_a_stale_form_is_refused() -> None:
    journey = at_status("scheduling")
    client = office_client(make_staff(Role.SUPPORT))
    address = f"/office/inspections/visitrequest/{journey.request.pk}/correct/"
    shown = page(client.get(address))
    form = shown.xpath("//form[.//*[@name='title']]")[0]
    data = {name: value for name, value in form.form_values() if name != "csrfmiddlewaretoken"}
    assert data["title"] == journey.place.title
    assert "reason" in client.post(address, {**data, "title": RIGHT}).context["form"].errors
    assert "reason" in client.post(address, {**data, "reason": "همان"}).context["form"].errors
    wrong = client.post(address, {**data, "postal_code": "12", "reason": "غلط"})
    assert "postal_code" in wrong.context["form"].errors
    assert client.post(address, {**data, "title": RIGHT, "reason": "غلط املایی"}).status_code == 302
    assert journey.fresh().snapshot["title"] == RIGHT
    stale = client.post(address, {**data, "title": WRONG, "reason": "دوباره"})
    assert stale.status_code == 200
    assert journey.fresh().snapshot["title"] == RIGHT
