"""Issuing once, correcting a certificate, and what an expert declares with a report."""

import threading
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Role
from inspections import numbers, workflow
from inspections.certificates import pdf as certificate_pdf
from inspections.certificates import superseding
from inspections.laboratories import conflicts
from inspections.models import Certificate, ConflictOfInterest
from inspections.visits import slips
from notifications.models import Notice, SmsMessage
from septam import clock
from septam.models import AuditEvent
from tests.inspections.journey import START, Journey, at_status
from tests.inspections.test_assigning import at_once
from tests.make import make_place
from tests.people import PASSWORD, make_staff, make_stranger, office_client

usual = pytest.mark.usefixtures("at_start")
RIGHT = {"title": "طلافروشی حسینی و پسران", "postal_code": "1416932791"}


def supersede_page(certificate: Certificate) -> str:
    return f"/office/inspections/certificate/{certificate.pk}/supersede/"


@usual
def test_a_corrected_certificate_stands_for_the_old_one_for_the_same_days() -> None:
    journey = at_status("certified")
    old = Certificate.objects.get()
    certificate_pdf.make_missing()
    client = office_client(make_staff(Role.LAB_MANAGER, journey.place.laboratory, "boss"))
    sent = {
        "title": RIGHT["title"],
        "holder": "محمد حسینی",
        "postal_code": "۱۴۱۶۹۳۲۷۹۱",
        "reason": "نام نادرست بود",
        "own_password": PASSWORD,
    }
    answer = client.post(supersede_page(old), sent, follow=True)
    assert "گواهینامه اصلاح‌شده صادر شد" in answer.content.decode()
    new = Certificate.objects.get(state="issued")
    old.refresh_from_db()
    assert (new.validity, new.level, new.request) == (old.validity, old.level, journey.request)
    assert (old.state, old.superseded_by, old.request) == ("superseded", new, None)
    assert new.snapshot["title"] == RIGHT["title"]
    assert old.snapshot["title"] == "طلافروشی حسینی"
    certificate_pdf.make_missing()
    for one in (old, new):
        one.refresh_from_db()
        assert default_storage.exists(one.pdf.name)
        assert default_storage.exists(one.public_pdf.name)
    paper = f"/office/inspections/certificate/{old.pk}/paper/"
    page = client.get(paper.replace("paper", "change")).content.decode()
    assert f'href="{paper}"' in page
    assert b"".join(client.get(paper)).startswith(b"%PDF")
    assert AuditEvent.objects.latest("pk").detail["page"] == "paper"
    assert SmsMessage.objects.filter(event="certificate.superseded").count() == 1
    assert new.number in Notice.objects.get(event="certificate.superseded").link
    assert AuditEvent.objects.get(verb="certificate.supersede").object_id == str(old.pk)
    assert client.get(f"/office/inspections/certificate/{old.pk}/change/").status_code == 200


@usual
def test_the_public_check_says_superseded_and_the_owner_finds_the_new_one() -> None:
    journey = at_status("certified")
    old = Certificate.objects.get()
    middle = superseding.supersede(old.pk, journey.manager, "نام", {"title": "نام میانی"})
    new = superseding.supersede(middle.pk, journey.manager, "نام", RIGHT)
    visitor, owner = Client(), Client()
    owner.force_login(journey.owner)
    assert "جایگزین" in visitor.get(f"/c/{old.share_code}/").content.decode()
    assert "جایگزین" in visitor.get("/check/", {"number": middle.number}).content.decode()
    assert "معتبر" in visitor.get(f"/c/{new.share_code}/").content.decode()
    assert new.number in owner.get(f"/certificates/{old.number}/").content.decode()
    assert RIGHT["title"] in owner.get(f"/certificates/{new.number}/").content.decode()


@usual
def test_what_cannot_be_corrected_is_refused_in_words_and_changes_nothing() -> None:
    journey = at_status("certified")
    old = Certificate.objects.get()
    for reason, right in (("", RIGHT), ("نام", {}), ("نام", {"title": old.snapshot["title"]})):
        with pytest.raises(workflow.NotAllowed):
            superseding.supersede(old.pk, journey.manager, reason, right)
    assert "category" not in slips.NAMES
    superseding.supersede(old.pk, journey.manager, "نام", RIGHT)
    with pytest.raises(workflow.NotAllowed, match="صادرشده"):
        superseding.supersede(old.pk, journey.manager, "نام", RIGHT)
    assert Certificate.objects.count() == 2


def corrected(journey: Journey, old: Certificate, **right: str) -> Certificate:
    return superseding.supersede(old.pk, journey.manager, "نادرست بود", right)


@usual
@pytest.mark.parametrize(
    ("right", "words"),
    [
        ({"holder": "رضا کریمی", "postal_code": "1416932791"}, "صاحب پروانه و کد پستی"),
        ({"postal_code": "1416935681"}, "سه رقم"),
        ({"title": "زرین", "sign_name": "زرین", "postal_code": "1416932791"}, "دو مورد"),
        ({"title": "زرین", "sign_name": "زرین", "holder": "رضا کریمی"}, "صاحب پروانه و نام محل"),
        ({"title": "زرین", "holder": "رضا کریمی"}, "صاحب پروانه و نام محل"),
        ({"sign_name": "زرین", "holder": "رضا کریمی"}, "صاحب پروانه و نام محل"),
        ({"title": "طلافروشی حسینیی", "sign_name": "زرین", "postal_code": "1416932791"}, "دو مورد"),
    ],
)
def test_a_correction_that_makes_it_another_shop_or_persons_is_refused(
    right: dict[str, str], words: str
) -> None:
    journey = at_status("certified")
    with pytest.raises(workflow.NotAllowed, match=words):
        corrected(journey, Certificate.objects.get(), **right)
    assert Certificate.objects.get().state == "issued"


@usual
def test_a_certificate_that_expired_is_not_corrected_into_a_new_one() -> None:
    journey = at_status("certified")
    old = Certificate.objects.get()
    clock.move_to(clock.now() + timedelta(days=400))
    with pytest.raises(workflow.NotAllowed, match="پایان یافته"):
        corrected(journey, old, sign_name="زرین")


@usual
def test_a_correction_leads_to_no_other_place_of_the_owner() -> None:
    journey = at_status("certified")
    other = make_place(journey.owner, title="دکان دو", postal_code="1416932791")
    with pytest.raises(workflow.NotAllowed, match="محل دیگری از همین متقاضی"):
        corrected(
            journey, Certificate.objects.get(), postal_code=other.postal_code, title="دکان دو"
        )
    other.owner = make_stranger()
    other.save(update_fields=["owner"])
    corrected(journey, Certificate.objects.get(), postal_code=other.postal_code)


@usual
def test_a_row_of_small_corrections_is_measured_at_the_first_certificate_not_at_the_last() -> None:
    journey = at_status("certified")
    first = Certificate.objects.get()
    second = corrected(journey, first, postal_code="1416932781")
    third = corrected(journey, second, postal_code="1416932681")
    with pytest.raises(workflow.NotAllowed, match="سه رقم"):
        corrected(journey, third, postal_code="1416935681")
    with pytest.raises(workflow.NotAllowed, match="صاحب پروانه و کد پستی"):
        corrected(journey, third, holder="رضا کریمی")
    named = corrected(journey, third, sign_name="زرین")
    with pytest.raises(workflow.NotAllowed, match="دو مورد"):
        corrected(journey, named, title="زرین")
    # Back to what was visited, and then the other of the two.
    visited = {name: str(first.snapshot[name]) for name in ("postal_code", "sign_name")}
    back = corrected(journey, named, **visited)
    last = corrected(journey, back, holder="رضا کریمی")
    assert last.snapshot["holder"] == "رضا کریمی"


@usual
def test_spaces_half_spaces_and_arabic_letters_are_no_difference_but_may_be_corrected() -> None:
    journey = at_status("certified")
    first = Certificate.objects.get()
    respelt = str(first.snapshot["holder"]).replace("ی", "ي").replace(" ", "\u200c")
    assert respelt != first.snapshot["holder"]
    second = corrected(journey, first, holder=respelt, postal_code="1416932791")
    assert second.snapshot["holder"] == respelt


@usual
def test_the_rule_stands_beside_the_field_and_a_refusal_leads_to_the_field_it_is_about() -> None:
    journey = at_status("certified")
    certificate = Certificate.objects.get()
    client = office_client(make_staff(Role.LAB_MANAGER, journey.place.laboratory, "boss"))
    page = client.get(supersede_page(certificate)).content.decode()
    assert "در مقایسه با آنچه بازدید شد" in page
    sent = dict(certificate.snapshot) | {"postal_code": "1416935681"}
    sent |= {"reason": "x", "own_password": PASSWORD}
    answer = client.post(supersede_page(certificate), sent)
    assert list(answer.context["form"].errors) == ["postal_code"]


@usual
@pytest.mark.parametrize("step", ["supersede", "revoke"])
def test_the_page_of_a_certificate_that_stands_no_longer_says_so_before_anything_is_typed(
    step: str,
) -> None:
    journey = at_status("certified")
    old = Certificate.objects.get()
    superseding.supersede(old.pk, journey.manager, "نام", RIGHT)
    client = office_client(make_staff(Role.LAB_MANAGER, journey.place.laboratory, "boss"))
    page = supersede_page(old)
    answer = client.get(page.replace("supersede", step), follow=True)
    assert answer.redirect_chain == [(page.replace("supersede", "change"), 302)]
    assert "تنها گواهینامه صادرشده" in answer.content.decode()


def certify(journey: Journey) -> tuple[object, ...]:
    report = journey.fresh().report  # type: ignore[attr-defined]
    second = make_staff(Role.LAB_MANAGER, journey.place.laboratory, "second")
    return tuple(
        at_once(
            lambda: workflow.endorse(report.pk, journey.manager),
            lambda: workflow.endorse(report.pk, second),
        )
    )


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_endorse_at_once_issue_one_certificate() -> None:
    clock.move_to(START)
    journey = at_status("visited")
    answers = certify(journey)
    assert sorted(isinstance(one, workflow.NotAllowed) for one in answers) == [False, True]
    assert Certificate.objects.count() == 1
    assert SmsMessage.objects.filter(event="certificate.issued").count() == 1
    clock.forget()


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_come_to_the_insert_and_the_database_refuses_one() -> None:
    clock.move_to(START)
    journey = at_status("certified")
    kept = Certificate.objects.get()
    Certificate.objects.all().delete()
    seen = threading.Barrier(2)

    def issue() -> object:
        try:
            with transaction.atomic():
                absent = not Certificate.objects.filter(request=journey.request).exists()
                seen.wait(30)
                Certificate.objects.bulk_create([_copy(kept)])
            return absent
        except IntegrityError as problem:
            return problem

    answers = at_once(issue, issue)
    assert sorted(isinstance(one, IntegrityError) for one in answers) == [False, True]
    assert Certificate.objects.count() == 1
    clock.forget()


def _copy(kept: Certificate) -> Certificate:
    values = {f.attname: getattr(kept, f.attname) for f in Certificate._meta.concrete_fields}
    values |= {
        "id": None,
        "number": numbers.certificate_number(),
        "share_code": numbers.share_code(),
    }
    return Certificate(**values)


@usual
def test_an_interest_declared_after_the_visit_was_agreed_still_keeps_the_report_out() -> None:
    journey = at_status("accepted")
    clock.move_to(journey.request.slots.get().starts_at)
    late = ConflictOfInterest(
        expert=journey.expert, kind="place", postal_code="1416932790", what="فروش"
    )
    conflicts.prepare(late, journey.manager).save()
    with pytest.raises(workflow.NotAllowed, match="کارشناس دیگری"):
        workflow.submit_report(journey.draft().pk, journey.expert)
    assert journey.status == "accepted"
