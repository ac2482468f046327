"""Two windows of one report that save at the same moment, and a version that is published while an item is added."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from inspections.criteria import versions as criteria_sets
from inspections.models import Criterion, ReportDraft, VisitRequest
from inspections.reports import drafts
from inspections.reports.drafts import SavedElsewhere, Saving
from septam import clock
from tests.inspections.journey import START, Journey, at_status
from tests.make import make_criteria

pytestmark = pytest.mark.django_db(transaction=True)


def at_visit() -> Journey:
    clock.move_to(START)
    journey = at_status("accepted")
    clock.move_to(journey.request.slots.get().starts_at + timedelta(hours=1))
    return journey


def save_at_once(journey: Journey, revision: int) -> list[str]:
    """How it ends for each of two windows that saw the draft `revision`."""
    gate = threading.Barrier(2)

    def save(page: str) -> str:
        saving = Saving(revision, page, ["comment"], {"comment": page})
        gate.wait(timeout=30)
        try:
            drafts.save(journey.request.pk, journey.expert, saving)
        except SavedElsewhere:
            return "told"
        finally:
            connection.close()
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(save, ["first window", "second window"]))


def test_of_two_windows_that_save_at_once_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    journey = at_visit()
    drafts.save(journey.request.pk, journey.expert, Saving(0, "before", [], {}))
    assert save_at_once(journey, 1) == ["saved", "told"]
    draft = ReportDraft.objects.get()
    assert draft.revision == 2
    # The control: without the request's lock both look before either writes, and one is lost in silence.
    looked = threading.Barrier(2)
    unlocked, seen = VisitRequest.objects, drafts._is_next

    def look(draft: ReportDraft, saving: Saving) -> bool:
        answer = seen(draft, saving)
        looked.wait(timeout=30)
        return answer

    monkeypatch.setattr(drafts, "lock", lambda pk: unlocked.select_related("place").get(pk=pk))
    monkeypatch.setattr(drafts, "_is_next", look)
    assert save_at_once(journey, 2) == ["saved", "saved"]
    assert ReportDraft.objects.get().revision == 3


def test_an_item_that_is_added_while_its_version_is_published_is_refused() -> None:
    journey = at_visit()
    draft = criteria_sets.copy(make_criteria().pk, journey.manager)
    published, added = threading.Event(), threading.Event()

    def publish() -> None:
        try:
            with transaction.atomic():
                criteria_sets.publish(draft.pk, journey.manager)
                published.set()
                added.wait(timeout=0.5)  # the other one waits for this commit
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(publish)
        assert published.wait(timeout=30)
        with pytest.raises(DatabaseError, match="never change"):
            Criterion.objects.create(
                criteria_set=draft, code="X-1", position=99, group="g", title="t", kind="yesno",
                severity="minor", photo="never",
            )  # fmt: skip
        added.set()
        done.result()
    assert draft.criteria.count() == 2
