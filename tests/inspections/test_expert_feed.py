"""An expert's visits in the calendar of a phone, at a secret address."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from inspections import workflow
from inspections.models import CalendarFeed, VisitRequest
from inspections.visits import calendar_feed, feed_views
from septam import clock, logs
from septam.models import AuditEvent
from septam.throttle import Limit
from tests.inspections.journey import Journey, at_status
from tests.people import office_client

pytestmark = pytest.mark.usefixtures("at_start")
PAGE = "/office/inspections/visitrequest/calendar/"


def path_of(journey: Journey) -> str:
    return f"/feed/{calendar_feed.renew(journey.expert)}/visits.ics"


def events(path: str) -> list[Any]:
    answer = Client().get(path)
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_proposed_is_tentative_accepted_confirmed_and_what_is_taken_back_disappears() -> None:
    journey = at_status("proposed")
    path = path_of(journey)
    (proposed,) = events(path)
    assert proposed["status"] == "TENTATIVE"
    assert "پیشنهادی" in proposed["summary"]
    journey.confirm(journey.request.slots.get())
    (fixed,) = events(path)
    assert (fixed["status"], fixed["uid"]) == ("CONFIRMED", proposed["uid"])
    workflow.reschedule(journey.request.pk, journey.manager, "بیماری")
    assert events(path) == []


def test_the_times_are_tehrans_and_the_type_is_a_calendars() -> None:
    journey = at_status("accepted")
    answer = Client().get(path_of(journey))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert "DTSTART;TZID=Asia/Tehran:20240415T150000" in text
    assert "BEGIN:VTIMEZONE" in text
    assert "TZOFFSETTO:+0330" in text
    assert answer["Cache-Control"] == "private, max-age=300"


def test_it_says_nothing_that_the_expert_may_not_know() -> None:
    journey = at_status("accepted")
    journey.owner.profile.coordination_phone = "02144556677"
    journey.owner.profile.save(update_fields=["coordination_phone"])
    journey.place.note = "رمز در پشتی ۱۲۳۴"
    journey.place.save(update_fields=["note"])
    (event,) = events(path_of(journey))
    said = event.to_ical().decode()
    assert journey.owner.mobile not in said
    assert "پشتی" not in said
    assert "02144556677" in event["description"]
    assert "خیابان ولیعصر" in event["location"]
    snapshot = journey.fresh().snapshot | {"note": "زنگ دوم"}
    VisitRequest.objects.filter(pk=journey.request.pk).update(snapshot=snapshot)
    assert "زنگ دوم" in events(path_of(journey))[0]["description"]


def test_a_phone_that_knows_the_calendar_is_answered_in_a_line() -> None:
    journey = at_status("accepted")
    path = path_of(journey)
    etag = Client().get(path)["ETag"]
    clock.move_to(clock.now() + timedelta(hours=1))
    again = Client().get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    Client().get(path)
    looks = AuditEvent.objects.filter(verb="office.feed")
    assert looks.get().owner_ids == [journey.owner.pk], "the same visits are one look"


def test_the_expert_makes_renews_and_revokes_the_address_and_only_its_digest_is_kept() -> None:
    journey = at_status("accepted")
    client = office_client(journey.expert)
    assert "هنوز نشانی ساخته نشده" in client.get(PAGE).content.decode()
    made = client.post(PAGE, {"do": "renew"})
    first = made.context["address"]
    assert "no-store" in made["Cache-Control"]
    assert first.split("/")[-2] not in CalendarFeed.objects.get().digest
    assert first not in client.get(PAGE).content.decode()
    second = client.post(PAGE, {"do": "renew"}).context["address"]
    paths = [address.partition("/feed/")[2] for address in (first, second)]
    assert [Client().get(f"/feed/{path}").status_code for path in paths] == [404, 200]
    client.post(PAGE, {"do": "revoke"})
    assert Client().get(f"/feed/{paths[1]}").status_code == 404
    told = AuditEvent.objects.filter(verb__startswith="feed.").values_list("verb", flat=True)
    assert sorted(told) == ["feed.renew", "feed.renew", "feed.revoke"]


def test_who_is_no_expert_any_more_reads_no_visits() -> None:
    journey = at_status("accepted")
    path = path_of(journey)
    journey.expert.assignments.update(active=False)
    assert Client().get(path).status_code == 404


def test_the_address_opens_so_many_times_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_views, "OF_FEED", Limit("feed", 2, 3600))
    path = path_of(at_status("accepted"))
    answers = [Client().get(path) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0


def test_the_secret_stands_in_no_log_line(caplog: pytest.LogCaptureFixture) -> None:
    secret = "Zq3vT0-secret_of_a_calendar"
    with caplog.at_level(logging.INFO):
        Client().get(f"/feed/{secret}/visits.ics")
    logged = [json.loads(logs.JsonFormatter().format(record)) for record in caplog.records]
    assert logged, "Django warns of a page that is not found"
    assert all(secret not in json.dumps(line) for line in logged)
    assert logs.mask(f'GET /feed/{secret}/visits.ics "x"') == 'GET /feed/***/visits.ics "x"'
