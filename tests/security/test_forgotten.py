"""After an account's end nothing of the person is found in any table; and what is old goes by itself, also after a crash."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.mobile import changing as mobile
from accounts.models import MobileChange, Role, User
from accounts.privacy import closing
from billing.models import Invoice, InvoiceBuyer, Order
from inspections import workflow
from inspections.certificates import pdf as certificate_pdf
from inspections.complaints import opening
from inspections.models import (
    Certificate,
    Complaint,
    Correction,
    VisitPhoto,
    VisitReport,
    VisitRequest,
)
from notifications import forgetting as old_messages
from notifications import notices, outbox, resending
from notifications.models import Notice, SmsMessage, SmsState
from portal.support import threads
from septam import clock, forgetting, jobs, throttle
from septam.models import Forgotten, Throttle
from tests.access.world import make_world
from tests.accounts.steps import sign_in
from tests.billing.settled import settled_order
from tests.inspections.journey import START, at_status
from tests.people import PASSWORD, make_expert, make_owner, make_staff, office_client
from tests.security.database_dump import dump

pytestmark = pytest.mark.django_db
MOBILE, NAME, NATIONAL_ID = "09124445566", "بهروز کاشانی‌پور", "0499370899"
# What stands in the database of a person, in any spelling that the portal uses: also as it is searched.
TRACES = (
    MOBILE,
    NATIONAL_ID,
    "بهروز",
    "کاشانی",
    "علی حسینی",
    "02188776655",
    "خیابان ولیعصر",
    "راز من",
    "trustingHawk5566",
)
# Where the life below leaves them.
TRACED = {
    "accounts_user", "accounts_profile", "accounts_mobilechange", "septam_sites_place", "inspections_visitrequest",
    "inspections_visitreport", "inspections_correction", "inspections_complaint", "inspections_certificate",
    "billing_invoicebuyer", "notifications_smsmessage", "notifications_notice", "portal_supportthread",
    "portal_supportmessage",
}  # fmt: skip
# docs/privacy.md: the invoice and what it names, kept by law.
BY_LAW = ("billing_invoice:",)


def later(**time: int) -> None:
    clock.move_to(clock.now() + timedelta(**time))


def a_whole_life() -> User:
    """An owner with a certificate, an invoice, a complaint, conversations, a change of the mobile; looked at by support."""
    clock.move_to(START)
    owner = make_owner(MOBILE, name=NAME)
    sign_in(Client(), MOBILE, PASSWORD)
    order = settled_order(owner, "فروشگاه نمونه")
    InvoiceBuyer.objects.create(order=order, kind="person", name=NAME, national_id=NATIONAL_ID)
    visit = certified(order)
    complained(visit, owner)
    support = make_staff(Role.SUPPORT)
    wrote(owner)
    asked = mobile.ask(owner.pk, "09350001111", f"{NAME} گوشی را گم کرد", support)
    mobile.stop(asked.pk, owner.pk)
    notices.add(owner.pk, "x", f"سلام {NAME}")
    for address in ("accounts/user", "septam_sites/place"):
        pk = owner.pk if "user" in address else visit.place_id
        office_client(support).get(f"/office/{address}/{pk}/change/")
    return owner


def certified(order: Order) -> VisitRequest:
    """The order's visit is made, corrected, and ends with a certificate."""
    visit = VisitRequest.objects.get(order_lines__order=order, order_lines__kind="visit")
    expert = make_expert(visit.laboratory)
    day = clock.in_tehran(clock.now()) + timedelta(days=2)
    slot = workflow.propose_time(
        visit.pk, expert, day.replace(hour=15, minute=0, second=0, microsecond=0), expert
    )
    workflow.confirm_time(slot.pk, visit.owner)
    Correction.objects.create(
        request=visit, at=clock.now(), actor=expert, reason=f"به گفته {NAME}",
        before={"representative_name": NAME}, after={"address": "خیابان ولیعصر"},
    )  # fmt: skip
    clock.move_to(slot.starts_at + timedelta(hours=1))
    report = VisitReport.objects.create(
        request=visit, expert=expert, outcome="conforming", level=4, comment=f"{NAME} حاضر بود"
    )
    workflow.submit_report(report.pk, expert)
    workflow.endorse(report.pk, User.objects.create_user("lab-manager", is_staff=True))
    certificate_pdf.make_missing()
    return visit


def complained(visit: VisitRequest, owner: User) -> None:
    """A complaint that was rejected."""
    opening.open_complaint(visit.pk, owner, "expert", f"{NAME} هستم؛ پول نقد خواست.")
    Complaint.objects.update(
        state="rejected",
        decided_by=make_staff(Role.MANAGER),
        decided_at=clock.now(),
        decision=f"آقای {NAME}، خیر.",
    )


def wrote(owner: User) -> None:
    """One conversation signed in, one with the number alone."""
    threads.begin(threads.Draft(subject="other", text=f"{NAME} هستم. راز من"), owner)
    unknown = threads.Draft(subject="other", text="راز من", mobile=MOBILE, name=NAME)
    thread = threads.begin(unknown, None)
    outbox.queue("support.answered_number", MOBILE, {"number": thread.number})


def lines_that_tell() -> list[str]:
    return [
        line for line in dump().splitlines()
        if any(trace in line for trace in TRACES) and not line.startswith(BY_LAW)
    ]  # fmt: skip


def test_nothing_of_the_person_is_found_in_any_table_afterwards() -> None:
    owner = a_whole_life()
    tables = {line.partition(":")[0] for line in lines_that_tell()}
    assert TRACED - tables == set()
    paper = Certificate.objects.get().pdf
    closing.close(owner.pk)
    SmsMessage.objects.update(state=SmsState.SENT)
    later(days=31)
    Session.objects.all().delete()
    jobs.run_now("accounts.anonymise_closed")
    assert lines_that_tell() == []
    certificate = Certificate.objects.get()
    assert not certificate.pdf
    assert default_storage.exists(str(paper.name))
    jobs.run_now("septam.remove_files")
    assert not default_storage.exists(str(paper.name))
    certificate_pdf.make_missing()
    assert "معتبر" in Client().get(f"/c/{certificate.share_code}/").content.decode()
    assert Invoice.objects.get().buyer["name"] == NAME


def test_what_a_closed_account_told_stays_its_own_until_the_cool_off_is_over() -> None:
    owner = a_whole_life()
    closing.close(owner.pk)
    later(days=29)
    jobs.run_now("accounts.anonymise_closed")
    assert User.objects.get(pk=owner.pk).get_full_name() == NAME


def test_anonymising_one_person_leaves_the_others_as_they_are() -> None:
    world = make_world()
    before = dump().count("حسینی")
    stranger = make_owner("09127770000", name="نگار صادقی")
    closing.close(stranger.pk)
    later(days=31)
    jobs.run_now("accounts.anonymise_closed")
    assert dump().count("حسینی") == before
    assert User.objects.get(pk=world.owner.pk).is_active


def test_a_decided_complaint_may_be_emptied_and_nothing_else_of_it_changed() -> None:
    clock.move_to(START)
    journey = at_status("certified")
    opening.open_complaint(journey.request.pk, journey.owner, "expert", "پول خواست.")
    for change in ({"text": ""}, {"text": "", "decision": "–"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Complaint.objects.update(**change)
    Complaint.objects.update(
        state="rejected", decided_by=journey.manager, decided_at=clock.now(), decision="خیر."
    )
    wrong: tuple[dict[str, Any], ...] = (
        {"text": ""}, {"text": "دیگر", "decision": "–"}, {"text": "", "decision": "–", "state": "upheld"},
    )  # fmt: skip
    for change in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            Complaint.objects.update(**change)
    Complaint.objects.update(text="", decision="–")


# --- what is old goes by itself ---------------------------------------------------------------------------


def make_sms(state: str = SmsState.DELIVERED) -> SmsMessage:
    """A message of now."""
    return SmsMessage.objects.create(
        event="visit.moved", mobile=MOBILE, text="متن", values={"place": "کافه"}, state=state,
        created_at=clock.now(), valid_until=clock.now(),
    )  # fmt: skip


def numbers() -> list[str]:
    return list(SmsMessage.objects.order_by("pk").values_list("mobile", flat=True))


def test_old_sms_lose_number_and_text_and_those_that_wait_or_are_young_do_not(
    settings: Any,
) -> None:
    for state in (SmsState.DELIVERED, SmsState.DEAD, SmsState.QUEUED):
        make_sms(state)
    later(days=settings.SMS_KEEP_DAYS + 1)
    make_sms()
    jobs.run_now("sms.empty")
    assert numbers() == ["", "", MOBILE, MOBILE]
    emptied = SmsMessage.objects.earliest("pk")
    assert (emptied.text, emptied.values, emptied.event) == ("", {}, "visit.moved")
    assert Forgotten.objects.get(pk="sms.empty").rows == 2


def test_a_job_that_dies_begins_again_where_it_stopped(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)
    for _number in range(5):
        make_sms()
    later(days=settings.SMS_KEEP_DAYS + 1)
    shown: list[list[int]] = []

    def dies(ids: list[int]) -> int:
        shown.append(ids)
        if len(shown) == 2:
            SmsMessage.objects.filter(pk__in=ids).update(mobile="")
            raise RuntimeError("the process dies")
        return old_messages._empty(ids)

    rows, until = SmsMessage.objects.all(), forgetting.before(settings.SMS_KEEP_DAYS)
    with pytest.raises(RuntimeError):
        forgetting.walk("sms.empty", rows, "created_at", until, dies)
    assert numbers() == ["", "", MOBILE, MOBILE, MOBILE]
    assert old_messages.empty_sms() == 3
    assert numbers() == [""] * 5
    assert old_messages.empty_sms() == 0
    assert Forgotten.objects.get(pk="sms.empty").rows == 5


def test_a_run_takes_a_bounded_number(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)
    monkeypatch.setattr(forgetting, "MOST_BATCHES", 2)
    for _number in range(5):
        make_sms()
    later(days=settings.SMS_KEEP_DAYS + 1)
    assert (old_messages.empty_sms(), old_messages.empty_sms()) == (4, 1)


def test_limits_that_are_over_go_in_bounded_steps_and_those_that_hold_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)
    monkeypatch.setattr(forgetting, "MOST_DELETED", 2)
    over, ahead = clock.machine_now() - timedelta(hours=1), clock.machine_now() + timedelta(hours=1)
    rows = [Throttle(key=f"x:{one}", window_ends=over, count=1) for one in range(5)]
    Throttle.objects.bulk_create([*rows, Throttle(key="y", window_ends=ahead, count=1)])
    assert (throttle.purge(), throttle.purge(), throttle.purge()) == (4, 1, 0)
    assert list(Throttle.objects.values_list("key", flat=True)) == ["y"]


def test_changes_of_a_row_are_found_in_the_admins_log_along_an_index() -> None:
    """Each account that is forgotten looks for them."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        changed = LogEntry.objects.filter(content_type_id=1, object_id="7")
        assert "admin_log_object" in changed.explain()


def test_old_notices_go(settings: Any) -> None:
    owner = make_owner()
    notices.add(owner.pk, "x", "قدیمی")
    later(days=settings.NOTICES_KEEP_DAYS + 1)
    notices.add(owner.pk, "x", "تازه")
    jobs.run_now("notices.forget")
    assert list(Notice.objects.values_list("title", flat=True)) == ["تازه"]


def test_people_on_site_are_forgotten_a_year_after_the_visits_end(settings: Any) -> None:
    clock.move_to(START)
    done = at_status("certified")
    before = done.request.snapshot
    later(days=settings.CONTACTS_KEEP_DAYS - 2)
    jobs.run_now("inspections.forget_contacts")
    assert done.fresh().snapshot == before
    later(days=3)
    jobs.run_now("inspections.forget_contacts")
    left = done.fresh().snapshot
    assert before["representative_phone"]
    assert not {"representative_name", "representative_phone", "second_phone"} & set(left)
    assert left["title"] == before["title"]
    jobs.run_now("inspections.forget_contacts")
    assert Forgotten.objects.get(pk="inspections.forget_contacts").rows == 1


def test_photos_go_with_their_files(settings: Any) -> None:
    photo = make_world().photo
    later(days=settings.PHOTOS_KEEP_DAYS + 1)
    jobs.run_now("inspections.forget_photos")
    assert not VisitPhoto.objects.exists()
    assert default_storage.exists(str(photo.file.name))
    jobs.run_now("septam.remove_files")
    assert not default_storage.exists(str(photo.file.name))


def test_a_registration_that_nobody_used_is_forgotten_and_an_account_in_use_is_not(
    settings: Any,
) -> None:
    used = make_owner()
    unused = User.objects.create_user(
        "unused", mobile=MOBILE, first_name="بهروز", last_name="کاشانی‌پور"
    )
    later(days=settings.UNUSED_KEEP_DAYS + 1)
    jobs.run_now("accounts.forget_unused")
    unused.refresh_from_db()
    assert (unused.mobile, unused.get_full_name(), unused.is_active) == (None, "", False)
    used.refresh_from_db()
    assert used.mobile


def test_numbers_of_old_changes_go_and_those_of_a_waiting_one_do_not(settings: Any) -> None:
    owner, support = make_owner(MOBILE), make_staff(Role.SUPPORT)
    stopped = mobile.ask(owner.pk, "09350001111", "گم شد", support)
    mobile.stop(stopped.pk, owner.pk)
    mobile.ask(owner.pk, "09350002222", "گم شد", support)
    later(days=settings.MOBILE_CHANGES_KEEP_DAYS + 1)
    jobs.run_now("accounts.forget_mobiles")
    rows = MobileChange.objects.order_by("pk").values_list("new_mobile", "reason")
    assert list(rows) == [("", ""), ("09350002222", "گم شد")]


def test_sessions_that_are_over_go() -> None:
    Client().force_login(make_owner())
    Session.objects.update(expire_date=clock.machine_now() - timedelta(hours=1))
    Client().force_login(User.objects.get())
    jobs.run_now("accounts.purge_sessions")
    assert Session.objects.count() == 1


def test_an_emptied_sms_is_not_sent_again(settings: Any) -> None:
    dead = make_sms(SmsState.DEAD)
    later(days=settings.SMS_KEEP_DAYS + 1)
    jobs.run_now("sms.empty")
    dead.refresh_from_db()
    assert resending.send_again(dead, make_staff(Role.SUPPORT).pk) is None
