"""The report's page: saved as one goes, photos beside their items, two windows, a visit that moved on."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Profile, Role
from inspections import workflow
from inspections.models import ReportDraft, VisitPhoto, VisitReport
from inspections.reports import drafts
from septam import clock, jobs
from septam.models import AuditEvent
from sites.models import Place
from tests.inspections.journey import at_status
from tests.inspections.photo_making import make_photo, picture
from tests.make import (
    make_category,
    make_city,
    make_laboratory,
    make_province,
    unguarded_criteria,
)
from tests.people import make_expert, make_staff, office_client

pytestmark = pytest.mark.usefixtures("at_start")
FOUND = "تنها سی روز از تصویر نگهداری می‌شود"


class Desk:
    """An expert in front of the page of a visit that has begun."""

    def __init__(self) -> None:
        self.journey = at_status("accepted")
        clock.move_to(self.journey.request.slots.get().starts_at + timedelta(hours=1))
        self.client: Client = office_client(self.journey.expert)
        self.page = f"/office/inspections/visitrequest/{self.journey.request.pk}/report/"

    def typed(self, **changed: Any) -> dict[str, Any]:
        """A whole report as it is typed."""
        category = str(self.journey.request.snapshot["category_id"])
        typed = {
            "outcome": "visited", "true_category": category, "measured_area": "۳۸٫۵", "pv_01": "yes",
            "pv_14": "٣٠", "pv_14_comment": FOUND, "level": "4",
        }  # fmt: skip
        return typed | changed

    def press(self, do: str, **typed: Any) -> Any:
        """Press a button with what is typed."""
        ticked = {"no_interest": "on"} if do == "hand_in" and not typed.pop("unticked", 0) else {}
        return self.client.post(self.page, ticked | typed | {"do": do})

    def shown(self, query: str = "") -> Any:
        """The page as it stands now."""
        return self.client.get(self.page + query)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def jpeg(name: str = "IMG_1.jpg", **drawn: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture(**drawn), content_type="image/jpeg")


def files() -> int:
    return sum(1 for photo in VisitPhoto.objects.all() if default_storage.exists(photo.file.name))


def test_what_is_typed_is_kept_word_for_word_and_what_is_left_is_counted(desk: Desk) -> None:
    saved = desk.press("save:section-1", **desk.typed(pv_14="نود", pv_01="", comment="ناتمام"))
    assert saved.status_code == 200
    assert set(saved.context["form"].errors) == {"pv_14"}
    page = desk.shown().content.decode()
    for word in ('value="نود"', "ناتمام", "ذخیره شد ساعت ۱۶:۰۰", "تکمیل نشده: ۱ مورد"):
        assert word in page
    assert not VisitReport.objects.exists()
    opened = {one.item.code: one.is_open for _g, items in saved.context["form"].sections() for one in items}  # fmt: skip
    assert opened == {"PV-01": False, "PV-14": True}  # a comment stands there
    done = desk.press("save:section-1", revision="1", **desk.typed())
    assert done["Location"].endswith("/report/#section-1")
    assert "تکمیل نشده: ۱ مورد" in desk.shown().content.decode()  # the photo of what failed


def test_a_character_that_cannot_be_kept_costs_nothing_of_what_was_typed(desk: Desk) -> None:
    boxes = {name: f"{value}\0" for name, value in desk.typed(comment="ناتمام").items()}
    for action in ("review", "save:section-1", "autosave"):
        assert desk.press(action, **boxes, page="x\0").status_code in (200, 302)
    assert "ناتمام" in desk.shown().content.decode()


def test_the_list_of_errors_names_each_item_and_leads_to_it(desk: Desk) -> None:
    answer = desk.press("review", **desk.typed(pv_01="", pv_14="سی", measured_area=""))
    page = answer.content.decode()
    assert '<a href="#id_pv_14">۲. مدت نگهداری تصویر (روز): ' in page
    assert '<a href="#id_pv_01_0">۱. ورودی در دید دوربین است: ' in page
    assert 'id="id_pv_14"' in page
    assert "مساحت" in page


def test_the_result_is_shown_before_the_report_is_handed_in(desk: Desk) -> None:
    wrong = desk.press("review", **desk.typed())
    assert set(wrong.context["form"].errors) == {"pv_14_photo"}
    review = desk.press("review", revision="1", **desk.typed(pv_14_photo=jpeg()))
    assert desk.journey.status == "accepted"
    page = desk.client.get(review["Location"])
    text = page.content.decode()
    for word in ("متقاضی باید اصلاح کند", "مدت نگهداری تصویر", "۳۰ روز", "حداقل ۹۰ روز", FOUND):
        assert word in text
    old = desk.press("hand_in", revision="1")
    assert old["Location"].endswith("?review=1")
    assert desk.journey.status == "accepted"
    unticked = desk.press("hand_in", revision=page.context["draft"].revision, unticked=1)
    assert 'aria-describedby="no_interest_error"' in unticked.content.decode()
    assert desk.journey.status == "accepted"
    desk.press("hand_in", revision=page.context["draft"].revision)
    assert desk.journey.status == "visited"
    assert VisitReport.objects.get().no_interest_at is not None
    assert VisitReport.objects.get().outcome == "nonconforming"
    assert not ReportDraft.objects.exists()
    desk.press("hand_in", revision=page.context["draft"].revision)
    assert VisitReport.objects.count() == 1


def test_a_photo_leads_back_to_its_item_also_where_another_box_is_wrong(desk: Desk) -> None:
    sent = desk.press("save:section-2", **desk.typed(pv_14="نود", pv_14_photo=jpeg()))
    assert sent["Location"].endswith("/report/#item_pv_14")
    assert "عدد بنویسید" in desk.shown().content.decode()


def test_a_short_explanation_is_counted_and_the_rule_stands_beside_the_box(desk: Desk) -> None:
    desk.press("save:section-1", **desk.typed(pv_14_comment="کوتاه است", pv_14_photo=jpeg()))
    page = desk.shown().content.decode()
    for told in ("اگر این مورد رد شود لازم است: دست‌کم ۲۰ حرف.", "۲۰ حرف توضیح بنویسید؛ اکنون ۹ حرف دارد"):  # fmt: skip
        assert told in page, told
    assert "PV-14" not in page
    desk.press("save:section-1", revision="1", **desk.typed(pv_14="۳۰ روز"))
    assert not desk.shown().context["form"].errors


def test_several_photos_stand_beside_their_item_and_go_with_their_files(desk: Desk) -> None:
    desk.press("save:section-1", **desk.typed(pv_14_photo=[jpeg(), jpeg("b.jpg", colour="green")]))
    desk.press("save:section-1", revision="1", **desk.typed(pv_14_photo=jpeg("the same.jpg")))
    first, second = VisitPhoto.objects.all()
    page = desk.shown().content.decode()
    assert f"/photo/{first.token}/?small=1" in page
    assert 'capture="environment"' in page
    assert files() == 2
    events = AuditEvent.objects.filter(verb__startswith="report.").order_by("pk")
    assert list(events.values_list("verb", flat=True)) == ["report.draft", *["report.photos"] * 2]
    desk.press(f"drop:{first.token}:item_pv_14", revision="2", **desk.typed())
    jobs.run_now("septam.remove_files")
    assert [photo.pk for photo in VisitPhoto.objects.all()] == [second.pk]
    assert not default_storage.exists(first.file.name)
    assert default_storage.exists(second.file.name)


def test_a_bad_file_is_told_beside_its_item_and_all_else_is_kept(desk: Desk) -> None:
    bad = SimpleUploadedFile("a.jpg", b"<html>", content_type="image/jpeg")
    answer = desk.press("save:section-2", **desk.typed(pv_14_photo=[bad, jpeg()], comment="همه"))
    assert "a.jpg" in answer.context["form"].errors["pv_14_photo"][0]
    assert VisitPhoto.objects.count() == 1
    draft = ReportDraft.objects.get()
    assert (draft.typed["comment"], draft.typed["pv_14"]) == ("همه", "٣٠")
    many = [jpeg(f"{n}.jpg", size=(40 + n, 40)) for n in range(7)]
    answer = desk.press("save:section-2", revision="1", **desk.typed(pv_14_photo=many))
    assert "۶ عکس" in answer.context["form"].errors["pv_14_photo"][0]
    assert VisitPhoto.objects.count() == 6


def test_where_no_photo_can_be_written_what_is_typed_is_kept_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    answer = desk.press("review", **desk.typed(pv_14_photo=jpeg(), comment="همه"))
    assert "عکس‌ها اکنون ذخیره نشد" in answer.content.decode()
    assert ReportDraft.objects.get().typed["comment"] == "همه"
    assert not VisitPhoto.objects.exists()


def test_the_page_costs_the_same_queries_for_few_items_and_photos_and_for_many(desk: Desk) -> None:
    desk.press("save:section-0", **desk.typed())
    desk.shown()
    with CaptureQueriesContext(connection) as few:
        desk.shown()
    with unguarded_criteria():
        base = desk.journey.request.criteria_set.criteria.get(code="PV-01")
        for number in range(2, 12):
            base.pk, base.code, base.position = None, f"PV-{number + 20}", number + 20
            base._state.adding = True
            base.save()
    for colour in ("red", "green", "white"):
        make_photo(desk.journey, "PV-14", colour)
    with CaptureQueriesContext(connection) as many:
        assert "pv_30" in desk.shown().context["form"].fields
    assert counted(many) == counted(few) <= 32


def counted(statements: CaptureQueriesContext) -> int:
    """Without the clock's own, which it asks now and then."""
    return sum("septam_clockoffset" not in one["sql"] for one in statements.captured_queries)


def test_another_window_is_told_and_nothing_of_either_is_lost(desk: Desk) -> None:
    desk.press("save:section-0", page="one", **desk.typed(comment="پنجره نخست"))
    other = desk.press("save:section-0", page="two", **desk.typed(comment="پنجره دوم"))
    assert other.status_code == 409
    page = other.content.decode()
    assert "در پنجره‌ای دیگر ذخیره شده" in page
    assert "پنجره دوم" in page
    assert ReportDraft.objects.get().typed["comment"] == "پنجره نخست"
    revision = other.context["draft"].revision
    desk.press("save:section-0", page="two", revision=revision, **desk.typed(comment="پنجره دوم"))
    assert ReportDraft.objects.get().typed["comment"] == "پنجره دوم"


def test_a_quiet_saving_answers_in_words_and_is_no_conflict_for_its_own_page(desk: Desk) -> None:
    first = desk.press("autosave", page="one", **desk.typed(pv_01=""))
    assert first.json()["left"] == "تکمیل نشده: ۲ مورد"
    assert first.json()["items"][0] == {
        "target": "id_pv_01_0", "text": "۱. ورودی در دید دوربین است",
    }  # fmt: skip
    # The answer was lost on the way: the page still knows no revision.
    again = desk.press("autosave", page="one", **desk.typed())
    assert (again.status_code, again.json()["revision"]) == (200, 2)
    other = desk.press("autosave", page="two", **desk.typed())
    assert other.status_code == 409
    assert "پنجره" in other.json()["said"]


def test_a_report_on_a_cancelled_visit_keeps_nothing_and_says_so_with_what_was_typed(
    desk: Desk,
) -> None:
    desk.press("save:section-0", **desk.typed(pv_14_photo=jpeg()))
    name = VisitPhoto.objects.get().file.name
    workflow.cancel(desk.journey.request.pk, desk.journey.manager, "مالک منصرف شد")
    answer = desk.press("review", revision="1", **desk.typed(comment="دیر رسید"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "وضعیت درخواست «لغو شده» است" in page
    assert "دیر رسید" in page
    assert 'name="do"' not in page
    assert desk.press("autosave", revision="1", **desk.typed()).status_code == 409
    assert not VisitReport.objects.exists()
    assert drafts.forget_ended() == 1
    jobs.run_now("septam.remove_files")
    assert not VisitPhoto.objects.exists()
    assert not default_storage.exists(name)


def test_the_next_expert_goes_on_and_the_one_before_is_told(desk: Desk) -> None:
    desk.press("save:section-0", **desk.typed(comment="آغاز شد"))
    journey = desk.journey
    assert journey.place.laboratory is not None
    other = make_expert(journey.place.laboratory, "second-expert")
    journey.request.assigned_expert = other
    journey.request.save(update_fields=["assigned_expert"])
    assert desk.press("save:section-0", revision="1", **desk.typed()).status_code == 403
    assert "آغاز شد" in office_client(other).get(desk.page).content.decode()


def test_who_has_an_interest_writes_no_draft_that_another_could_hand_in(desk: Desk) -> None:
    place = desk.journey.place
    expert = desk.journey.expert
    Profile.objects.update_or_create(
        user=expert, defaults={"kind": "person", "name": "او", "national_id": "0013542419"}
    )
    Place.objects.filter(pk=place.pk).update(holder_national_id="0013542419")
    answer = desk.press("save:section-0", **desk.typed(comment="همه درست است"))
    assert answer.status_code == 409
    assert "همه درست است" in answer.content.decode()
    assert not ReportDraft.objects.exists()


def test_a_second_press_hands_nothing_in_and_leads_back_with_a_word(desk: Desk) -> None:
    journey = desk.journey
    workflow.submit_report(journey.draft().pk, journey.expert)
    answer = desk.press("hand_in", revision="1")
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/visitrequest/{journey.request.pk}/change/")


def test_another_category_asks_its_own_items_and_keeps_the_answers_of_the_first(desk: Desk) -> None:
    with unguarded_criteria():
        desk.journey.request.criteria_set.criteria.filter(code="PV-14").update(sl2="")
    bakery = str(make_category("نانوایی", level=2).pk)
    desk.press("save:section-0", **desk.typed(true_category=bakery))
    assert "pv_14" not in desk.shown().context["form"].fields
    back = {"outcome": "visited", "true_category": desk.typed()["true_category"], "level": "2"}
    desk.press("save:section-0", revision="1", **back)
    assert desk.shown().context["form"]["pv_14"].value() == "٣٠"


def test_photos_are_seen_by_the_expert_the_laboratory_and_support_alone(desk: Desk) -> None:
    photo = make_photo(desk.journey, "PV-14")
    laboratory = desk.journey.place.laboratory
    assert laboratory is not None
    elsewhere = make_laboratory(
        "آزمایشگاه دور", make_city("تبریز", make_province("آ", "03", "041"))
    )
    address = f"/office/inspections/visitrequest/{photo.request_id}/photo/{photo.token}/"
    seen = {
        "own": desk.client,
        "manager of the laboratory": office_client(make_staff(Role.LAB_MANAGER, laboratory)),
        "support": office_client(make_staff(Role.SUPPORT)),
        "colleague": office_client(make_expert(laboratory, "colleague")),
        "other laboratory": office_client(make_staff(Role.LAB_MANAGER, elsewhere)),
        "finance": office_client(make_staff(Role.FINANCE)),
        "manager": office_client(make_staff(Role.MANAGER)),
        "anonymous": Client(),
    }
    statuses = {name: client.get(address).status_code for name, client in seen.items()}
    assert list(statuses.values()) == [200, 200, 200, 404, 404, 404, 404, 302]
    answer = desk.client.get(address + "?small=1")
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"] == f'inline; filename="septam-{photo.pk}.jpg"'
    assert AuditEvent.objects.filter(detail__photo=photo.pk).count() == 4
    assert desk.client.get(address.replace(photo.token, "guessed")).status_code == 404
