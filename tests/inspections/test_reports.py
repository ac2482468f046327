"""Writing a report: the form's messages, and what a handed-in report leads to."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts import roles
from accounts.models import Profile, Role, StaffAssignment
from inspections import workflow
from inspections.models import (
    Certificate,
    Criterion,
    ReportAnswer,
    ReportState,
    RequestKind,
    VisitPhoto,
    VisitReport,
)
from inspections.refusals import NotAllowed
from inspections.reports import form as report_form
from inspections.reports import summary, writing
from notifications.models import SmsMessage
from septam import clock
from sites.models import Category, Place
from tests.inspections.journey import Journey, at_status
from tests.inspections.photo_making import make_photo
from tests.make import (
    make_category,
    make_city,
    make_laboratory,
    make_province,
    unguarded_criteria,
)
from tests.people import make_expert, make_staff, office_client

pytestmark = pytest.mark.usefixtures("at_start")
FOUND = "مدت نگهداری روی دستگاه دیده شد"
STORY = "کسی که با سامانه آشنا باشد در محل نبود"


def at_visit() -> Journey:
    """An accepted request, one hour into its visit."""
    journey = at_status("accepted")
    clock.move_to(journey.request.slots.get().starts_at + timedelta(hours=1))
    make_photo(journey, "PV-14")
    return journey


def alter(code: str, **values: object) -> None:
    """Let an item be another one, as if it had been published so."""
    with unguarded_criteria():
        Criterion.objects.filter(code=code).update(**values)


def filled(journey: Journey, **changed: str) -> dict[str, str]:
    """A conforming report as it is typed."""
    category = journey.request.snapshot["category_id"]
    typed = {
        "outcome": "visited",
        "true_category": str(category),
        "measured_area": "۳۸/۵",
        "pv_01": "yes",
        "pv_14": "۹۰",
        "pv_14_comment": FOUND,
    }
    return typed | changed


def errors_of(journey: Journey, **changed: str) -> dict[str, list[str]]:
    return dict(report_form.report_form(journey.request, filled(journey, **changed)).errors)


def hand_in(journey: Journey, **changed: str) -> VisitReport:
    form = report_form.report_form(journey.request, filled(journey, **changed))
    assert form.is_valid(), form.errors
    return writing.write(journey.request.pk, journey.expert, form.findings())


def test_a_conforming_report_waits_for_the_laboratory_and_then_becomes_a_certificate() -> None:
    journey = at_visit()
    report = hand_in(journey)
    assert (journey.status, report.outcome, report.measured_area) == (
        "visited",
        "conforming",
        Decimal("38.5"),
    )
    workflow.endorse(report.pk, journey.manager)
    assert journey.status == "certified"
    assert Certificate.objects.get().snapshot["area"] == "38.50"


def test_a_report_that_does_not_conform_ends_in_defects_with_a_date() -> None:
    journey = at_visit()
    report = hand_in(journey, pv_14="30")
    assert report.outcome == "nonconforming"
    workflow.endorse(report.pk, journey.manager)
    report.refresh_from_db()
    assert journey.status == "nonconforming"
    assert report.mend_by == clock.today() + timedelta(days=30)
    assert SmsMessage.objects.filter(event="result.nonconforming").count() == 1
    assert not Certificate.objects.exists()


@pytest.mark.parametrize("outcome", ["absent", "withheld"])
def test_an_absence_needs_its_story_only_and_ends_the_request(outcome: str) -> None:
    journey = at_visit()
    report = hand_in(journey, outcome=outcome, comment=STORY, measured_area="", pv_01="", pv_14="")
    assert journey.status == "no_show"
    assert journey.request.reason == outcome
    assert not report.answers.exists()
    assert not Place.objects.get(pk=journey.place.pk).frozen


def test_an_absence_without_its_story_is_refused() -> None:
    assert "comment" in errors_of(at_visit(), outcome="absent", comment="نبود")


def test_every_item_needs_an_answer_and_the_area_too() -> None:
    found = errors_of(at_visit(), pv_01="", pv_14="", measured_area="")
    assert set(found) == {"pv_01", "pv_14", "measured_area"}


@pytest.mark.parametrize("typed", ["نود", "-3", "9000000", "1/2/3"])
def test_what_is_no_number_is_refused_beside_its_item_and_stays_in_the_box(typed: str) -> None:
    journey = at_visit()
    form = report_form.report_form(journey.request, filled(journey, pv_14=typed))
    assert "عدد" in form.errors["pv_14"][0]
    assert typed in str(form["pv_14"])


@pytest.mark.parametrize("typed", ["90", "۹۰", "٩٠", "۹۰/۰", "۹۰٫۵"])
def test_a_number_is_read_in_any_digits(typed: str) -> None:
    journey = at_visit()
    hand_in(journey, pv_14=typed)
    assert ReportAnswer.objects.get(criterion__code="PV-14").passed


@pytest.mark.parametrize(
    ("unit", "typed", "said"),
    [
        ("درصد", "۱۰۱", "۰ تا ۱۰۰"),
        ("درصد", "-1", "۰ تا ۱۰۰"),
        ("دستگاه", "۴/۵", "عدد صحیح"),
        ("روز", "۹۰۰۰۰۰۰", "۰ تا ۹۹۹"),
    ],
)
def test_an_unlikely_number_is_refused_with_what_its_unit_allows(
    unit: str, typed: str, said: str
) -> None:
    journey = at_visit()
    alter("PV-14", unit=unit)
    assert said in errors_of(journey, pv_14=typed)["pv_14"][0]
    assert errors_of(journey, pv_14="۱۰۰") == {}


def test_what_failed_needs_a_comment_and_a_photo_by_its_rule() -> None:
    journey = at_visit()
    VisitPhoto.objects.all().delete()
    assert set(errors_of(journey, pv_14="30", pv_14_comment="کم")) == {
        "pv_14_comment",
        "pv_14_photo",
    }
    assert errors_of(journey) == {}
    alter("PV-01", photo="always")
    assert set(errors_of(journey)) == {"pv_01_photo"}
    make_photo(journey, "PV-01")
    make_photo(journey, "PV-14", "green")
    assert errors_of(journey, pv_14="30") == {}


def test_in_a_place_for_women_a_comment_stands_for_the_photo() -> None:
    journey = at_visit()
    VisitPhoto.objects.all().delete()
    alter("PV-01", photo="always")
    journey.request.place.women_only = True
    assert set(errors_of(journey, pv_14="30", pv_01_comment="")) == {"pv_01_comment"}
    page = str(report_form.report_form(journey.request)["pv_14_photo"].as_field_group())
    assert "از افراد عکس گرفته نشود" in page


def test_where_no_photo_may_be_taken_a_comment_of_twenty_characters_is_needed() -> None:
    journey = at_visit()
    alter("PV-01", photo="never")
    assert "pv_01_comment" in errors_of(journey, pv_01_comment="دیده شد")
    assert errors_of(journey, pv_01_comment="در سرویس بهداشتی و اتاق پرو دوربینی نیست") == {}


def test_what_does_not_apply_needs_a_comment_and_no_answer() -> None:
    journey = at_visit()
    alter("PV-01", na_allowed=True)
    assert "pv_01_comment" in errors_of(journey, pv_01="", pv_01_na="on")
    report = hand_in(
        journey, pv_01="", pv_01_na="on", pv_01_comment="این محل ورودی جداگانه مشتری ندارد"
    )
    assert report.answers.get(criterion__code="PV-01").not_applicable


def test_another_level_of_the_true_category_asks_its_own_items() -> None:
    journey = at_visit()
    alter("PV-14", sl2="")
    bakery = make_category("نانوایی", level=2)
    report = hand_in(journey, true_category=str(bakery.pk), pv_14="")
    assert (report.level, report.true_category) == (2, bakery)
    assert [a.criterion.code for a in report.answers.select_related("criterion")] == ["PV-01"]


def test_only_the_requests_own_expert_writes_its_report() -> None:
    journey = at_visit()
    assert journey.place.laboratory is not None
    stranger = make_expert(journey.place.laboratory, "other-expert")
    form = report_form.report_form(journey.request, filled(journey))
    assert form.is_valid()
    with pytest.raises(NotAllowed):
        writing.write(journey.request.pk, stranger, form.findings())
    assert not VisitReport.objects.exists()


@pytest.mark.parametrize(
    ("minutes", "outcome", "open_now"),
    [
        (-60, "visited", False),
        (-1, "visited", False),
        (0, "visited", True),
        (0, "absent", False),
        (14, "withheld", False),
        (15, "absent", True),
        (3 * 24 * 60 - 1, "withheld", True),
        (3 * 24 * 60 + 1, "absent", False),
    ],
)
def test_a_report_waits_for_the_appointment_and_an_absence_for_its_grace_too(
    minutes: int, outcome: str, open_now: bool
) -> None:
    journey = at_status("accepted")
    clock.move_to(journey.request.slots.get().starts_at + timedelta(minutes=minutes))
    if open_now:
        hand_in(journey, outcome=outcome, comment=STORY)
    else:
        with pytest.raises(NotAllowed, match="زمان"):
            hand_in(journey, outcome=outcome, comment=STORY)
    assert VisitReport.objects.exists() == open_now


def test_a_report_sent_back_is_shown_as_it_was_and_written_anew() -> None:
    journey = at_visit()
    report = hand_in(journey, pv_14="30", comment="نگهداری کم است")
    with pytest.raises(NotAllowed):
        hand_in(journey)
    workflow.send_back(report.pk, journey.manager, "عدد نگهداری را دوباره ببینید")
    form = report_form.report_form(journey.request, report_form.typed_of(report))
    assert (form["pv_14"].value(), form["comment"].value()) == ("۳۰", "نگهداری کم است")
    again = hand_in(journey, pv_14="95")
    assert (again.pk, again.outcome, again.state) == (
        report.pk,
        "conforming",
        ReportState.SUBMITTED,
    )
    assert again.answers.count() == 2


def test_a_revisit_asks_only_what_was_not_passed() -> None:
    journey = at_visit()
    report = hand_in(journey, pv_14="30")
    workflow.endorse(report.pk, journey.manager)
    again = workflow.open_request(
        journey.place, journey.owner, kind=RequestKind.REVISIT, previous=journey.request
    )
    again.snapshot = journey.request.snapshot
    asked = writing.asked_of(again, 4)
    assert [item.code for item in asked.items] == ["PV-14"]
    assert [(one.item.code, one.value) for one in asked.taken_over] == [("PV-01", "yes")]
    # Another laboratory looks at everything itself.
    again.laboratory = make_laboratory(
        "آزمایشگاه دور", make_city("تبریز", make_province("آ", "03", "041"))
    )
    assert [item.code for item in writing.asked_of(again, 4).items] == ["PV-01", "PV-14"]


def test_what_a_revisit_took_over_stands_in_its_report_and_for_the_revisit_after_it() -> None:
    journey = at_visit()
    workflow.endorse(hand_in(journey, pv_14="30").pk, journey.manager)
    for _time in range(2):
        revisit_of(journey)
        second = hand_in(journey, pv_14="40", pv_01="")
        answers = second.answers.values_list("criterion__code", "taken_over", "passed")
        assert sorted(answers) == [("PV-01", True, True), ("PV-14", False, False)]
        assert second.outcome == "nonconforming"
        kept = second.answers.filter(criterion__code="PV-01")
        kept.update(comment="نویسه است")
        page = office_client(make_staff(Role.SUPPORT)).get(
            f"/office/inspections/visitrequest/{journey.request.pk}/change/"
        )
        assert "نویسه است – پذیرفته‌شده در بازدید پیش" in page.content.decode()
        workflow.endorse(second.pk, journey.manager)
    revisit_of(journey)
    assert hand_in(journey, pv_14="90", pv_01="").outcome == "conforming"


def revisit_of(journey: Journey) -> None:
    """The owner asks for a re-visit; it is paid, agreed upon, and its hour has come."""
    clock.move_to(clock.now() + timedelta(days=1))
    while clock.today().weekday() != 5:  # Saturday, so that two days later is no weekend
        clock.move_to(clock.now() + timedelta(days=1))
    journey.request = workflow.open_request(journey.place, journey.owner)
    assert journey.request.kind == RequestKind.REVISIT
    journey.pay()
    starts_at = journey.confirm(journey.propose()).starts_at
    clock.move_to(starts_at + timedelta(hours=1))
    make_photo(journey, "PV-14")


def test_an_expert_who_manages_the_laboratory_too_does_not_endorse_his_own_report() -> None:
    journey = at_status("visited")
    laboratory = journey.request.laboratory
    StaffAssignment.objects.create(
        user=journey.expert, role=Role.LAB_MANAGER, laboratory=laboratory
    )
    roles.sync_groups(journey.expert)
    with pytest.raises(NotAllowed, match="خودتان نوشته‌اید"):
        workflow.endorse(journey.request.report.pk, journey.expert)
    shown = office_client(journey.expert).get(
        f"/office/inspections/visitrequest/{journey.request.pk}/endorse/", follow=True
    )
    assert "این گزارش را خودتان نوشته‌اید" in shown.content.decode()
    assert (journey.status, Certificate.objects.count()) == ("visited", 0)
    workflow.endorse(journey.request.report.pk, journey.manager)
    assert journey.status == "certified"


def test_who_the_licence_is_for_endorses_no_report_of_it() -> None:
    journey = at_status("visited")
    Profile.objects.create(user=journey.manager, kind="person", name="او", national_id="0013542419")
    Place.objects.filter(pk=journey.place.pk).update(holder_national_id="0013542419")
    with pytest.raises(NotAllowed, match="از آن خود شماست"):
        workflow.endorse(journey.request.report.pk, journey.manager)


def test_a_report_of_long_after_the_visit_is_told_to_the_laboratory_as_such() -> None:
    journey = at_visit()
    clock.move_to(clock.now() + timedelta(days=82))
    report = hand_in(journey)
    assert (
        "گزارش ۸۲ روز پس از زمان بازدید تحویل شد."
        in summary.of(journey.fresh(), report).differences
    )


def test_a_place_is_judged_by_the_level_that_was_paid_for_though_the_categorys_has_changed_since() -> (
    None
):
    journey = at_status("accepted")
    paid = int(journey.fresh().snapshot["level"])
    Category.objects.filter(pk=journey.place.category_id).update(level=1 if paid != 1 else 2)
    visit, category = journey.fresh(), Category.objects.get(pk=journey.place.category_id)
    assert writing.level_found(visit, category) == paid
    assert report_form.level_of(visit, str(category.pk)) == paid
    other = make_category("کبابی", level=3)
    assert writing.level_found(visit, other) == 3
