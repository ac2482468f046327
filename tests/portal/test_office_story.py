"""The page of a request's whole story: what each role reads of it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from billing.models import OrderLine
from inspections import workflow
from inspections.models import Complaint
from portal.models import SupportThread
from septam import clock
from septam.models import AuditEvent
from tests.access.world import World, browser_of, make_world
from tests.people import make_staff, office_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def story(client: Client, pk: int, *parts: str) -> str:
    answer = client.get(f"/office/story/{pk}/", {"part": parts})
    assert answer.status_code == 200
    page = answer.content.decode()
    return page[page.index('id="content-main"') :]


def paid_request(world: World) -> int:
    return OrderLine.objects.filter(order=world.paid_order).values_list("request_id", flat=True)[0]


def test_support_reads_steps_calls_times_messages_money_papers_and_conversations_in_order(
    world: World,
) -> None:
    pk = world.proposed.pk
    workflow.log_call(pk, world.journey.expert, "no_answer", "بوق آزاد")
    Complaint.objects.create(
        request_id=pk,
        subject="expert",
        text="کارشناس دیر رسید",
        opened_at=clock.now(),
        state="open",
    )
    SupportThread.objects.update(reference=world.proposed.number, reference_kind="request")
    client = office_client(make_staff(Role.SUPPORT))
    shown = story(client, pk)
    for words in (
        "بوق آزاد", "زمان بازدید:", "پیامک: ", "اعلان: ", "پیام به پشتیبانی", "کارشناس دیر رسید", "سارا محمدی‌نژاد", "در صف",
    ):  # fmt: skip
        assert words in shown, words
    money = story(client, paid_request(world))
    for words in (
        "سفارش",
        "پرداخت از به‌پرداخت ملت",
        "استرداد وجه درخواست شد",
        "صورتحساب",
        "رسید سفارش",
    ):
        assert words in money, words
    assert AuditEvent.objects.filter(
        verb="office.view", object_id=str(pk), detail__page="story"
    ).exists()

    # Ticks leave the chosen kinds only.
    shown = story(client, paid_request(world), "papers", "nonsense")
    assert "رسید سفارش" in shown
    assert "پرداخت از" not in shown
    assert 'value="papers" checked' in shown


def test_finance_reads_the_money_and_the_laboratory_its_visits(world: World) -> None:
    pk = paid_request(world)
    finance = story(office_client(make_staff(Role.FINANCE)), pk)
    assert "پرداخت از" in finance
    assert "پیامک: " not in finance
    laboratory = story(browser_of("lab_manager", world), pk)
    for words in ("پرداخت از", "پیامک: ", "سفارش", "استرداد", "/office/accounts/user/"):
        assert words not in laboratory, words
    certified = story(browser_of("expert", world), world.journey.request.pk)
    assert "گواهینامه" in certified
    assert "گزارش بازدید: " in certified
    assert browser_of("other_expert", world).get(f"/office/story/{pk}/").status_code == 404


def test_a_long_story_costs_no_more_statements(world: World) -> None:
    client, pk = office_client(make_staff(Role.SUPPORT)), world.proposed.pk

    def cost() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            story(client, pk)
        texts = [one["sql"] for one in queries.captured_queries]
        return [
            sql.split(" WHERE ")[0]
            for sql in texts
            if sql.startswith("SELECT") and "clockoffset" not in sql
        ]

    cost()
    before = cost()
    for _round in range(3):
        slot = world.proposed.slots.latest("pk")
        workflow.decline_time(slot.pk, world.owner, "صبح‌ها بسته‌ایم")
        day = slot.starts_at.replace(hour=11)
        workflow.propose_time(pk, world.journey.expert, day, world.journey.expert, "آزمون")
    assert cost() == before
    assert len(before) <= 30
