"""What a certificate says, how long it holds, who sees it, and how it ends."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from inspections import numbers, workflow
from inspections.certificates import expiry, issuing, validity
from inspections.models import Certificate, CertificateState, RequestKind
from inspections.refusals import NotAllowed
from notifications.models import Notice, SmsMessage
from septam import clock, jalali
from septam.clock import TEHRAN
from septam.models import AuditEvent
from sites.models import Place
from tests.inspections.journey import Journey, at_status
from tests.make import make_category
from tests.people import make_stranger

START_HOUR = time(11)
pytestmark = pytest.mark.usefixtures("at_start")


def issued() -> tuple[Journey, Certificate]:
    journey = at_status("certified")
    return journey, Certificate.objects.get(request=journey.request)


def set_dates(certificate: Certificate, first: date, last: date) -> None:
    Certificate.objects.filter(pk=certificate.pk).update(validity=DateRange(first, last, "[]"))
    certificate.refresh_from_db()


def test_an_endorsed_conforming_report_becomes_a_certificate_that_the_owner_hears_of() -> None:
    journey, certificate = issued()
    assert certificate.place == journey.place
    assert numbers.is_valid(certificate.number)
    sms = SmsMessage.objects.get(event="certificate.issued")
    assert sms.mobile == journey.owner.mobile
    assert f"/c/{certificate.share_code}" in sms.text
    notice = Notice.objects.get(event="certificate.issued")
    assert notice.link == f"/certificates/{certificate.number}/"


def test_sms_and_notice_name_the_same_last_day_as_the_paper() -> None:
    _journey, certificate = issued()
    last = jalali.format_date(validity.last_day(certificate))
    assert last in SmsMessage.objects.get(event="certificate.issued").text
    assert last in Notice.objects.get(event="certificate.issued").body


def test_two_certificates_share_neither_number_nor_code() -> None:
    assert len({numbers.certificate_number() for _ in range(200)}) == 200
    assert len({numbers.share_code() for _ in range(200)}) == 200


def test_validity_is_of_jalali_months_clipped_to_the_months_end_last_day_included() -> None:
    journey = at_status("visited")
    clock.move_to(datetime(2024, 9, 21, 12, tzinfo=TEHRAN))  # 1403/06/31
    workflow.endorse(journey.request.report.pk, journey.manager)
    certificate = Certificate.objects.get()
    assert jalali.latin_date(validity.first_day(certificate)) == "1403/06/31"
    assert jalali.latin_date(validity.last_day(certificate)) == "1403/12/30"
    assert validity.state_of(certificate, validity.last_day(certificate)).code == "valid"


def test_a_lower_level_is_certified_for_twelve_months() -> None:
    journey = at_status("visited")
    journey.request.report.__class__.objects.update(
        level=2, true_category=make_category("نانوایی", level=2)
    )
    workflow.endorse(journey.request.report.pk, journey.manager)
    certificate = Certificate.objects.get()
    first = validity.first_day(certificate)
    assert validity.last_day(certificate) == jalali.add_months(first, 12)
    assert (certificate.level, certificate.snapshot["category"]) == (2, "نانوایی")


def test_an_early_renewal_begins_when_the_old_one_ends() -> None:
    journey, old = issued()
    clock.move_to(datetime.combine(validity.last_day(old) - timedelta(days=20), START_HOUR, TEHRAN))
    new = issue_again(journey)
    assert validity.first_day(new) == validity.last_day(old) + timedelta(days=1)
    assert validity.state_of(new, clock.today()).code == "not_begun"


def test_a_renewal_of_what_has_become_another_shop_takes_no_days_of_the_old_certificate() -> None:
    journey, old = issued()
    clock.move_to(datetime.combine(validity.last_day(old) - timedelta(days=20), START_HOUR, TEHRAN))
    Place.objects.filter(pk=journey.place.pk).update(title="شرکت نوین", postal_code="1516932733")
    journey.place.refresh_from_db()
    new = issue_again(journey)
    old.refresh_from_db()
    assert validity.first_day(new) == clock.today()
    assert (old.state, old.superseded_reason[:13]) == ("superseded", "برای این محل ")


def issue_again(journey: Journey) -> Certificate:
    """A renewal that was visited and endorsed."""
    journey.request = workflow.open_request(
        journey.place, journey.owner, kind=RequestKind.RENEWAL, previous=journey.request
    )
    journey.pay()
    slot = journey.propose()
    journey.confirm(slot)
    clock.move_to(slot.starts_at + timedelta(hours=1))
    report = workflow.submit_report(journey.draft().pk, journey.expert)
    workflow.endorse(report.pk, journey.manager)
    return Certificate.objects.get(request=journey.request)


def test_the_database_refuses_two_issued_certificates_of_a_place_that_overlap() -> None:
    journey, old = issued()
    other = at_second_request(journey)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(
            number="1", share_code="1", request=other, place=journey.place, owner=journey.owner,
            laboratory=old.laboratory, level=4, validity=old.validity, snapshot={}, signatory="",
            issued_at=clock.now(), issued_by=journey.manager,
        )  # fmt: skip


def at_second_request(journey: Journey):  # type: ignore[no-untyped-def]
    return workflow.open_request(
        journey.place, journey.owner, kind=RequestKind.RENEWAL, previous=journey.request
    )


def test_the_certificate_keeps_the_holder_and_nothing_of_address_or_phones() -> None:
    journey, certificate = issued()
    assert certificate.snapshot["holder"] == "محمد حسینی"
    assert certificate.snapshot["laboratory"] == "آزمایشگاه آتن"
    text = str(certificate.snapshot)
    for private in (journey.place.address, journey.place.representative_phone, "0499370899"):
        assert private not in text


def test_the_holder_of_another_is_named_where_the_registrant_acts_for_one() -> None:
    journey = Journey()
    journey.request.snapshot = {"title": "ویترین", "holder_name": "حسن کریمی", "level": 4}
    report = journey.draft()
    report.endorsed_by = journey.manager
    with transaction.atomic():
        certificate = issuing.issue(journey.request, report)
    assert certificate.snapshot["holder"] == "حسن کریمی"


@pytest.mark.parametrize(
    ("first", "last", "state", "code"),
    [
        (0, 10, CertificateState.ISSUED, "valid"),
        (-10, 0, CertificateState.ISSUED, "valid"),
        (1, 10, CertificateState.ISSUED, "not_begun"),
        (-10, -1, CertificateState.ISSUED, "expired"),
        (-10, 10, CertificateState.REVOKED, "revoked"),
        (-10, 10, CertificateState.SUPERSEDED, "superseded"),
    ],
)
def test_how_it_stands_follows_from_its_state_and_its_dates(
    first: int, last: int, state: str, code: str
) -> None:
    today = date(2024, 4, 13)
    days = DateRange(today + timedelta(days=first), today + timedelta(days=last + 1))
    assert validity.state_of(Certificate(validity=days, state=state), today).code == code


def test_revoking_needs_a_reason_is_audited_and_told() -> None:
    journey, certificate = issued()
    with pytest.raises(NotAllowed):
        validity.revoke(certificate.pk, journey.manager, "  ")
    validity.revoke(certificate.pk, journey.manager, "دوربین‌ها برداشته شده است")
    certificate.refresh_from_db()
    assert certificate.state == CertificateState.REVOKED
    assert (
        AuditEvent.objects.filter(verb="certificate.revoke", object_id=certificate.pk).count() == 1
    )
    assert "برداشته" in Notice.objects.get(event="certificate.revoked").body
    with pytest.raises(NotAllowed):
        validity.revoke(certificate.pk, journey.manager, "دوباره")


def at_days_before_end(certificate: Certificate, days: int) -> None:
    day = validity.last_day(certificate) - timedelta(days=days)
    clock.move_to(datetime.combine(day, START_HOUR, TEHRAN))


def reminders() -> list[str]:
    return list(
        SmsMessage.objects.filter(once_key__startswith="certificate.expiring:")
        .order_by("pk")
        .values_list("event", flat=True)
    )


def test_reminders_go_out_30_14_7_and_1_days_before_the_end_each_once() -> None:
    _journey, certificate = issued()
    for days in (31, 30, 29, 14, 13, 7, 2, 1, 0):
        at_days_before_end(certificate, days)
        expiry.remind()
        expiry.remind()
    assert reminders() == ["certificate.expiring"] * 3 + ["certificate.last_day"]
    assert (
        Notice.objects.filter(event__in=("certificate.expiring", "certificate.last_day")).count()
        == 4
    )


def test_who_has_renewed_is_not_reminded() -> None:
    journey, certificate = issued()
    clock.move_to(
        datetime.combine(validity.last_day(certificate) - timedelta(days=40), START_HOUR, TEHRAN)
    )
    issue_again(journey)
    at_days_before_end(certificate, 7)
    assert expiry.remind() == 0


def test_who_has_paid_for_a_renewal_is_not_reminded() -> None:
    journey, certificate = issued()
    at_days_before_end(certificate, 14)
    journey.request = at_second_request(journey)
    journey.pay()
    assert expiry.remind() == 0


def test_nobody_is_reminded_at_night() -> None:
    _journey, certificate = issued()
    day = validity.last_day(certificate) - timedelta(days=7)
    clock.move_to(datetime.combine(day, time(3), TEHRAN))
    assert expiry.remind() == 0


def test_the_owners_page_names_the_holder_and_leads_to_the_public_check(client: Client) -> None:
    journey, certificate = issued()
    client.force_login(journey.owner)
    response = client.get(f"/certificates/{certificate.number}/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    for shown in (
        "محمد حسینی",
        "طلافروشی حسینی",
        f"/c/{certificate.share_code}/",
        "SL4",
        "مهندس رضایی",
    ):
        assert shown in page


def test_another_owners_certificate_is_not_found(client: Client) -> None:
    _journey, certificate = issued()
    client.force_login(make_stranger())
    for end in ("", "certificate.pdf"):
        assert client.get(f"/certificates/{certificate.number}/{end}").status_code == 404


def test_without_signing_in_the_owners_page_asks_for_it(client: Client) -> None:
    _journey, certificate = issued()
    assert client.get(f"/certificates/{certificate.number}/").status_code == 302
