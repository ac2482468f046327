"""Versions of the criteria: what the database refuses, a draft from a published version, and its way to publication."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test import Client

from accounts.models import Role
from inspections.criteria import versions as criteria_sets
from inspections.models import CriteriaSet, Criterion, ResultRule
from inspections.refusals import NotAllowed
from septam import clock
from septam.models import AuditEvent
from tests.inspections.journey import at_status
from tests.make import make_criteria
from tests.people import make_staff, office_client

pytestmark = pytest.mark.django_db
OFFICE = "/office/inspections/criteriaset/"
CHANGES = (
    "UPDATE inspections_criteriaset SET title = 'دیگر' WHERE id = %(published)s",
    "UPDATE inspections_criteriaset SET published_at = NULL WHERE id = %(published)s",
    "DELETE FROM inspections_criteriaset WHERE id = %(published)s",
    "UPDATE inspections_criterion SET sl4 = '10' WHERE criteria_set_id = %(published)s",
    "UPDATE inspections_criterion SET criteria_set_id = %(published)s, code = 'X-1' WHERE criteria_set_id = %(draft)s",
    "UPDATE inspections_criterion SET criteria_set_id = %(draft)s, code = code || 'x' WHERE criteria_set_id = %(published)s",
    "DELETE FROM inspections_criterion WHERE criteria_set_id = %(published)s",
    "UPDATE inspections_resultrule SET minor_allowed = 9 WHERE criteria_set_id = %(published)s",
    "DELETE FROM inspections_resultrule WHERE criteria_set_id = %(published)s",
    "INSERT INTO inspections_resultrule (criteria_set_id, level, major_allowed, minor_allowed) VALUES (%(published)s, 9, 0, 0)",
)


def manager() -> Client:
    return office_client(make_staff(Role.MANAGER))


def make_draft() -> CriteriaSet:
    return criteria_sets.copy(make_criteria().pk, make_staff(Role.MANAGER, username="copier"))


def test_what_a_manager_publishes_or_grades_anew_stands_on_every_managers_first_page() -> None:
    client = manager()
    AuditEvent.objects.create(
        at=clock.now(), verb="office.change", object_type="septam_sites.category", object_id="1",
        detail={"fields": ["level"]},
    )  # fmt: skip
    criteria_sets.publish(make_draft().pk, make_staff(Role.MANAGER, username="publisher"))
    page = client.get("/office/").content.decode()
    assert "۱ بار ضوابط تازه منتشر شده است" in page
    assert "سطح رسته‌ها در ۷ روز گذشته ۱ بار تغییر کرده است" in page


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_every_change_of_what_is_published(change: str) -> None:
    draft = make_draft()
    ids = {"published": make_criteria().pk, "draft": draft.pk}
    before = list(Criterion.objects.order_by("pk").values())
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="never change"),
        transaction.atomic(),
    ):
        cursor.execute(change, ids)
    assert list(Criterion.objects.order_by("pk").values()) == before
    # The control: of the draft the same is possible.
    own = change.replace("published)s", "draft)s")
    with connection.cursor() as cursor, transaction.atomic():
        if own.count("draft)s") == 1 and "DELETE FROM inspections_criteriaset" not in own:
            cursor.execute(own, ids)
            assert cursor.rowcount > 0
        transaction.set_rollback(True)


def test_a_draft_from_a_published_version_has_all_of_it_and_open_requests_keep_theirs() -> None:
    journey = at_status("scheduling")
    published = make_criteria()
    draft = make_draft()
    assert (draft.version, draft.published_at) == (2, None)
    names = [f.name for f in Criterion._meta.fields if f.name not in ("id", "criteria_set")]
    assert list(draft.criteria.values(*names)) == list(published.criteria.values(*names))
    assert draft.result_rules.count() == 4
    assert criteria_sets.missing(draft) == []
    assert criteria_sets.differences(draft, published) == []
    criteria_sets.publish(draft.pk, journey.manager)
    assert journey.fresh().criteria_set == published
    assert criteria_sets.latest_published() == draft
    with pytest.raises(NotAllowed):
        criteria_sets.publish(draft.pk, journey.manager)


def test_a_draft_that_lacks_something_says_what_and_stays_a_draft() -> None:
    draft = make_draft()
    draft.result_rules.filter(level=2).delete()
    draft.criteria.filter(code="PV-01").update(sl1="شاید")
    draft.criteria.filter(code="PV-14").update(unit="", sl2="", position=1)
    said = " ".join(criteria_sets.missing(draft))
    for part in ("SL2", "PV-01", "شاید", "PV-14", "یکا"):
        assert part in said
    client = manager()
    page = client.get(f"{OFFICE}{draft.pk}/publish/").content.decode()
    assert "شاید" in page
    assert 'type="submit">انتشار' not in page
    client.post(f"{OFFICE}{draft.pk}/publish/")
    draft.refresh_from_db()
    assert draft.published_at is None


def test_what_a_draft_says_otherwise_is_told_in_words() -> None:
    draft = make_draft()
    draft.criteria.filter(code="PV-14").update(sl4="120", severity="critical")
    draft.criteria.filter(code="PV-01").update(code="PV-30", title="تازه")
    ResultRule.objects.filter(criteria_set=draft, level=3).update(minor_allowed=2)
    said = criteria_sets.differences(draft, make_criteria())
    assert any("۹۰" in one and "۱۲۰" in one for one in said)
    assert any("PV-30 تازه" in one for one in said)
    assert any("PV-01" in one for one in said)
    assert any("SL3" in one and "۲" in one for one in said)


def test_the_manager_copies_changes_and_publishes_a_version_in_the_office() -> None:
    published, client = make_criteria(), manager()
    assert f"{published.pk}/copy/" in client.get(f"{OFFICE}{published.pk}/change/").content.decode()
    client.post(f"{OFFICE}{published.pk}/copy/")
    draft = CriteriaSet.objects.get(version=2)
    typed = form_of(client, draft)
    typed["criteria-1-demand_4"] = "۱۲۰/۵"
    typed["criteria-0-demand_1"] = "شاید"
    wrong = client.post(f"{OFFICE}{draft.pk}/change/", typed)
    assert "بله" in wrong.context["inline_admin_formsets"][0].formset.forms[0].errors["demand_1"][0]
    typed["criteria-0-demand_1"] = "بله"
    assert client.post(f"{OFFICE}{draft.pk}/change/", typed).status_code == 302
    changed = draft.criteria.get(code="PV-14")
    assert (changed.sl4, changed.sl1) == ("120.5", "15")
    assert "۱۲۰٫۵" in client.get(f"{OFFICE}{draft.pk}/publish/").content.decode()
    client.post(f"{OFFICE}{draft.pk}/publish/")
    draft.refresh_from_db()
    assert draft.published_at is not None
    assert client.post(f"{OFFICE}{draft.pk}/change/", typed).status_code == 403


def form_of(client: Client, draft: CriteriaSet) -> dict[str, str]:
    """The whole form of a draft as a browser would send it back."""
    page = client.get(f"{OFFICE}{draft.pk}/change/").context
    forms = [page["adminform"].form]
    for inline in page["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    return {
        form.add_prefix(name): str(form[name].value() if form[name].value() is not None else "")
        for form in forms
        for name in form.fields
        if form[name].value() is not False
    }


def test_a_version_stands_once_only() -> None:
    make_criteria()
    with pytest.raises(IntegrityError), transaction.atomic():
        CriteriaSet.objects.create(version=1, title="دوباره")
