"""The office's one search box: what each role finds by which number or name, and what is noted of it."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Profile, Role, StaffAssignment
from billing.models import BankTransfer, Invoice
from portal.office.readings import read
from septam.models import AuditEvent
from sites.models import Place
from tests.access.world import World, browser_of, make_world
from tests.make import make_place
from tests.people import make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db
FIND = "/office/find/"


@pytest.fixture
def world() -> World:
    return make_world()


def found(client: Client, typed: str) -> str:
    """The results alone; where there is a single one, the page that it opens."""
    answer = client.get(FIND, {"q": typed}, follow=True)
    assert answer.status_code == 200
    page = answer.content.decode()
    return page[page.index('id="content"') :]


def headings(client: Client, typed: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", found(client, typed))


@pytest.mark.parametrize(
    ("typed", "number", "mobile"),
    [
        ("0912 123-4567", "09121234567", "09121234567"),
        ("۰۹۱۲۱۲۳۴۵۶۷", "09121234567", "09121234567"),
        ("+98 912 123 4567", "989121234567", "09121234567"),
        ("0098٩١٢١٢٣٤٥٦٧", "00989121234567", "09121234567"),
        ("9121234567", "9121234567", "09121234567"),
        ("14169-32790", "1416932790", ""),
        ("#۱۴۰۳۰۱۲۵۰۰۰۱۷", "140301250001" + "7", ""),
    ],
)
def test_a_number_is_read_however_it_is_written(typed: str, number: str, mobile: str) -> None:
    assert (read(typed).number, read(typed).mobile) == (number, mobile)


def test_support_finds_an_owner_with_places_requests_and_orders_by_a_mobile(world: World) -> None:
    staff = make_staff(Role.SUPPORT)
    client = office_client(staff)
    for typed in ("۰۹۱۲ ۱۲۳ ۴۵۶۷", "+989121234567"):
        expected = [
            "اشخاص",
            "محل‌ها",
            "درخواست‌های بازدید",
            "سفارش‌ها",
            "گفت‌وگوهای پشتیبانی",
            "صندوق پیامک",
        ]
        assert headings(client, typed) == expected
    # What is noted: by which kind of thing, whose rows were shown, never what was typed.
    event = AuditEvent.objects.filter(verb="office.find", object_type="accounts.user").latest("pk")
    assert (event.actor_id, event.detail["by"]) == (staff.pk, "mobile")
    assert (event.detail["ids"], event.owner_ids) == ([world.owner.pk], [world.owner.pk])
    assert "9121234567" not in str(event.detail)
    # Finance finds what is about money, and no person.
    finance = headings(office_client(make_staff(Role.FINANCE)), "09121234567")
    assert finance[:2] == ["درخواست‌های بازدید", "سفارش‌ها"]


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("10100000013", "۱۰۱ ۰۰۰۰ ۰۰۱۳"), ("0012345679", "12345679"), ("0012345679", "٠٠١-٢٣٤٥٦٧-٩"),
    ],
)  # fmt: skip
def test_a_place_is_found_by_its_holders_national_number_by_whom_may_see_it(
    world: World, kept: str, typed: str
) -> None:
    place = make_place(world.owner, "شعبه شرکت")
    Place.objects.filter(pk=place.pk).update(holder_national_id=kept, holder_name="شرکت آزمون")
    assert "شعبه شرکت" in found(office_client(make_staff(Role.MANAGER)), typed)
    manager = make_staff(Role.LAB_MANAGER, world.journey.place.laboratory, "lab-boss")
    assert "شعبه شرکت" not in found(office_client(manager), typed)
    event = AuditEvent.objects.filter(verb="office.view").latest("pk")
    assert typed not in str(event.detail)


def test_a_name_is_found_in_any_spelling_and_too_little_is_named(world: World) -> None:
    client = office_client(make_staff(Role.SUPPORT))
    for spelling in ("طلافروشي حسيني", "طلا فروشی", "طلا‌فروشی"):
        page = found(client, spelling)
        assert "/office/septam_sites/place/" in page
        assert f"/office/inspections/visitrequest/{world.journey.request.pk}/" in page
    for typed in ("ab", "۱۲", "طل"):
        assert "دست‌کم سه حرف یا رقم" in found(client, typed)


def test_each_number_leads_straight_to_the_one_thing_that_has_it(world: World) -> None:
    manager = office_client(make_staff(Role.MANAGER))
    finance = office_client(make_staff(Role.FINANCE))
    invoice, transfer = Invoice.objects.get(), BankTransfer.objects.get()
    expert = StaffAssignment.objects.get(user=world.journey.expert)
    national = Profile.objects.get(user=world.owner).national_id
    at = {
        (manager, world.proposed.number): f"inspections/visitrequest/{world.proposed.pk}",
        (manager, world.certificate.number): f"inspections/certificate/{world.certificate.pk}",
        (manager, expert.code): f"accounts/staffassignment/{expert.pk}",
        (manager, national): f"accounts/user/{world.owner.pk}",
        (manager, world.owner.username.lower()): f"accounts/user/{world.owner.pk}",
        (finance, world.paid_order.number): f"billing/order/{world.paid_order.pk}",
        (finance, invoice.number): f"billing/invoice/{invoice.pk}",
        (finance, "5142510"): f"billing/paymentattempt/{world.settled.pk}",
        (finance, str(world.settled.order_number)): f"billing/paymentattempt/{world.settled.pk}",
        (finance, "AF82041a2Bf6989c7fF9"): f"billing/paymentattempt/{world.waiting.pk}",
        (finance, transfer.reference): f"billing/banktransfer/{transfer.pk}",
    }
    for (client, typed), page in at.items():
        answer = client.get(FIND, {"q": f" {typed} "})
        assert (answer.status_code, answer.headers.get("Location")) == (
            302,
            f"/office/{page}/change/",
        ), typed


def test_laboratories_find_their_own_requests_and_nobody_by_the_owners_mobile(world: World) -> None:
    for person in ("expert", "lab_manager"):
        own_requests_alone(browser_of(person, world), world, person)
    other = browser_of("other_expert", world)
    expert = StaffAssignment.objects.get(user=world.journey.expert)
    numbers = (world.proposed.number, world.certificate.number, "1416932790", expert.code)
    for typed in (*numbers, "کافه نگار"):
        assert "چیزی پیدا نشد" in found(other, typed), typed


def own_requests_alone(client: Client, world: World, person: str) -> None:
    for typed in (world.proposed.number, "کافه نگار", "عینک‌سازی"):
        assert "visitrequest" in client.get(FIND, {"q": typed}).headers.get("Location", "")
    assert "چیزی پیدا نشد" in found(client, "09121234567")
    assert "چیزی پیدا نشد" in found(client, world.paid_order.number)
    # Not paid for: not an expert's business, but the laboratory's.
    sees_cart = "چیزی پیدا نشد" not in found(client, world.in_cart.number)
    assert sees_cart is (person == "lab_manager")


def test_a_long_result_is_cut_and_leads_to_the_list_with_the_rest() -> None:
    owner = make_owner()
    for number in range(22):
        make_place(owner, f"نانوایی شماره {number}")
    client = office_client(make_staff(Role.SUPPORT))
    assert 'action="/office/find/"' in client.get("/office/").content.decode()
    page = found(client, "نانوایی")
    assert page.count("/change/") == 20
    assert "/office/septam_sites/place/?q=%D9%86%D8%A7" in page


BIG = (
    "septam_sites_place", "inspections_visitrequest", "inspections_certificate", "accounts_user", "accounts_profile",
    "billing_order", "billing_paymentattempt", "billing_invoice", "billing_banktransfer", "billing_refundcase",
    "portal_supportthread", "notifications_smsmessage",
)  # fmt: skip


def statements(client: Client, typed: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(FIND, {"q": typed})
    texts = [one["sql"] for one in queries.captured_queries]
    return [sql for sql in texts if sql.startswith("SELECT") and "clockoffset" not in sql]


def test_no_search_reads_a_big_table_from_end_to_end(world: World) -> None:
    """Names, mobiles and numbers of every length, for all roles: each statement has an index to go by."""
    laboratory = world.journey.place.laboratory
    staff = (
        make_staff(Role.SUPPORT),
        make_staff(Role.FINANCE),
        make_staff(Role.LAB_MANAGER, laboratory),
    )
    clients = [office_client(one) for one in staff]
    typed = (
        "09121234567",
        "طلافروشی",
        "trustingHawk",
        *("123456789012345678"[:size] for size in range(3, 19)),
    )
    plans = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        asked = {one for client in clients for text in typed for one in statements(client, text)}
        for sql in asked:
            cursor.execute(f"EXPLAIN {sql}")
            plans.append((sql, "\n".join(row[0] for row in cursor.fetchall())))
    read_whole = [sql for sql, plan in plans if any(f"Seq Scan on {name}" in plan for name in BIG)]
    assert read_whole == []
    assert len(plans) > 15


def test_a_search_costs_the_same_however_much_it_finds(world: World) -> None:
    client = office_client(make_staff(Role.SUPPORT))
    statements(client, "فروشی")
    before = len(statements(client, "فروشی"))
    for number in range(25):
        make_place(world.owner, f"کفش فروشی {number}")
    assert len(statements(client, "فروشی")) == before <= 28
