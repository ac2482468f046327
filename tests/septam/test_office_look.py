"""The office's lists and forms: Persian digits in every count, and no link to a page that this person may not open."""

import re
from datetime import time

import pytest
from django.urls import reverse

from accounts.models import Role
from billing.models import PaymentAttempt
from inspections.models import ExpertPlan
from notifications.models import SmsMessage
from notifications.texts import title_of
from septam.digits import to_persian
from septam.jalali import WEEKDAYS
from septam.money import format_rial
from sites.models import Place
from tests.access.world import make_world
from tests.people import make_staff, office_client

pytestmark = pytest.mark.django_db
TEXT = re.compile(r">([^<]*)<")


def test_counts_pages_and_chosen_rows_are_in_persian_digits() -> None:
    make_world()
    client = office_client(make_staff(Role.SUPPORT))
    page = client.get(reverse("admin:notifications_smsmessage_changelist")).content.decode()
    below = page[page.index('<p class="paginator">') :]
    assert re.search(r"[۰-۹]+ پیامک", below)
    assert re.search(r"[۰-۹]+ نتیجه", page)
    assert re.search(r"۰ از [۰-۹]+ انتخاب", page)
    inside = page[page.index('id="changelist"') : page.index('id="changelist-filter"')]
    assert [text for text in TEXT.findall(inside) if re.search("[0-9]", text)] == []


def test_beside_a_number_a_thing_is_called_in_the_singular() -> None:
    make_world()
    client = office_client(make_staff(Role.MANAGER))
    address = reverse("admin:septam_sites_laboratory_changelist")
    page = client.get(address).content.decode()
    below = page[page.index('<p class="paginator">') :]
    assert re.search(r"[۰-۹]+ آزمایشگاه\s", below)


def test_each_cell_of_a_list_names_its_column_so_that_a_phone_can_show_it_beside_the_value() -> (
    None
):
    make_world()
    client = office_client(make_staff(Role.SUPPORT))
    page = client.get(reverse("admin:inspections_visitrequest_changelist")).content.decode()
    rows = page[page.index("<tbody>") : page.index("</tbody>")]
    cells = re.findall(r"<t[dh][^>]*>", rows)
    assert cells
    assert [cell for cell in cells if 'data-label="' not in cell] == []
    assert [cell for cell in cells if "<" in cell[1:]] == [], "a heading of marks is no label"
    assert 'data-label="وضعیت"' in rows


def test_numbers_of_columns_and_filters_are_in_persian_digits_and_an_sms_is_called_by_its_event() -> (
    None
):
    make_world()
    finance, manager = (office_client(make_staff(role)) for role in (Role.FINANCE, Role.MANAGER))
    for client, name in ((finance, "billing_sharestatement"), (manager, "septam_sites_laboratory")):
        page = client.get(reverse(f"admin:{name}_changelist")).content.decode()
        inside = page[page.index('id="changelist"') :]
        bare = [text for text in TEXT.findall(inside) if re.fullmatch(r"\s*[0-9]+\s*", text)]
        assert bare == [], name
    sms = SmsMessage.objects.latest("pk")
    page = manager.get(reverse("admin:notifications_smsmessage_change", args=[sms.pk]))
    assert f"{title_of(sms.event)} – ۰۹" in page.content.decode()


def test_what_a_manager_of_a_laboratory_may_not_open_is_text_and_not_a_link() -> None:
    world = make_world()
    place = world.journey.place
    assert place.city is not None
    city = reverse("admin:septam_sites_city_change", args=[place.city_id])
    province = reverse("admin:septam_sites_province_change", args=[place.city.province_id])
    address = reverse("admin:septam_sites_laboratory_change", args=[place.laboratory_id])
    manager = office_client(make_staff(Role.LAB_MANAGER, place.laboratory))
    own = manager.get(address).content.decode()
    assert str(place.city) in own
    assert [path for path in (city, province) if path in own] == []
    assert "۶" in own  # visits a day
    support = office_client(make_staff(Role.SUPPORT)).get(address).content.decode()
    assert [path for path in (city, province) if path not in support] == []


def values(page: str, field: str) -> list[str]:
    """What stands in each cell or line of this name, without its marks."""
    cells = re.findall(rf'class="field-{field}[^"]*"[^>]*>(.*?)</t[dh]>', page, re.S)
    lines = re.findall(rf'field-{field}">.*?<div class="readonly">(.*?)</div>', page, re.S)
    return [re.sub("<[^>]+>", "", one).strip() for one in (*cells, *lines)]


def test_a_banks_number_is_latin_money_is_grouped_and_moments_are_alike_in_lists_rows_and_forms() -> (
    None
):
    world = make_world()
    attempt = world.settled
    client = office_client(make_staff(Role.FINANCE))
    names = ("paymentattempt_changelist", "order_change", "paymentattempt_change")
    listed, order, page = (
        client.get(
            reverse(
                f"admin:billing_{name}",
                args={"order_change": [attempt.order_id], "paymentattempt_change": [attempt.pk]}.get(name),
            )
        ).content.decode()
        for name in names
    )  # fmt: skip
    assert attempt.reference.isascii()
    for shown in (listed, order, page):
        assert attempt.reference in values(shown, "reference")
    assert values(page, "amount_rial") == [format_rial(attempt.amount_rial)]
    assert values(page, "shown_card") == ["–"]
    assert [re.sub("[۰-۹]", "0", one) for one in values(page, "shown_settled")] == [
        "0000/00/00، 00:00"
    ]
    assert "0000/00/00، 00:00" in [
        re.sub("[۰-۹]", "0", one) for one in values(listed, "shown_created")
    ]


def test_a_banks_number_stands_in_the_same_digits_wherever_a_page_names_it() -> None:
    world = make_world()
    attempt, transfer = world.settled, world.transfer
    client = office_client(make_staff(Role.FINANCE))
    seen = (
        ("order_change", attempt.order_id, attempt.order_number),
        ("paymentattempt_change", attempt.pk, attempt.order_number),
        ("banktransfer_change", transfer.pk, transfer.reference),
        ("banktransfer_history", transfer.pk, transfer.reference),
    )
    for name, pk, number in seen:
        page = client.get(reverse(f"admin:billing_{name}", args=[pk])).content.decode()
        assert str(number) in page, name
        assert to_persian(str(number)) not in page, name


def test_the_list_of_payments_names_the_banks_amount_below_ours_where_it_differs() -> None:
    attempt = make_world().settled
    ours, banks = attempt.amount_rial, attempt.amount_rial - 1000
    client = office_client(make_staff(Role.FINANCE))
    for final, below in ((ours, []), (banks, [format_rial(banks)])):
        PaymentAttempt.objects.filter(pk=attempt.pk).update(final_amount_rial=final)
        page = client.get(reverse("admin:billing_paymentattempt_changelist")).content.decode()
        cells = [one.split("مبلغ متفاوت (ریال): ") for one in values(page, "shown_amount")]
        assert [format_rial(ours), *below] in cells


def test_a_form_shows_decimals_as_people_write_them_and_a_dash_for_nothing() -> None:
    world = make_world()
    place = world.journey.place
    Place.objects.filter(pk=place.pk).update(area="38.50", note="")
    client = office_client(make_staff(Role.SUPPORT))
    page = client.get(reverse("admin:septam_sites_place_change", args=[place.pk])).content.decode()
    assert values(page, "area") == ["۳۸٫۵"]
    assert values(page, "shared_note") == ["–"]
    certificate = world.certificate
    address = reverse("admin:inspections_certificate_change", args=[certificate.pk])
    shown = values(client.get(address).content.decode(), "request")
    assert shown == [to_persian(certificate.request.number)]


def test_the_hours_of_a_plan_begin_on_saturday_wherever_they_stand() -> None:
    make_world()
    plan = ExpertPlan.objects.get()
    plan.hours.all().delete()
    for day in range(7):
        plan.hours.create(weekday=day, opens=time(8), closes=time(16))
    client = office_client(make_staff(Role.MANAGER))
    for name in ("change", "delete"):
        page = client.get(
            reverse(f"admin:inspections_expertplan_{name}", args=[plan.pk])
        ).content.decode()
        shown = re.findall(
            r"<option value=\"\d\" selected>([^<]+)" if name == "change" else r"هفته: ([^<\s]+)",
            page,
        )
        assert shown[-7:] == list(WEEKDAYS), name


def test_what_is_empty_is_said_in_a_sentence_and_is_no_line_of_a_list() -> None:
    world = make_world()
    finance, support = (office_client(make_staff(role)) for role in (Role.FINANCE, Role.SUPPORT))
    review = reverse("admin:billing_paymentattempt_review_one", args=[world.settled.pk])
    request = reverse("admin:inspections_visitrequest_change", args=[world.scheduling.pk])
    assert "<p>این سفارش پرداخت دیگری ندارد.</p>" in finance.get(review).content.decode()
    assert "<p>هنوز تماسی ثبت نشده است.</p>" in support.get(request).content.decode()


def test_every_page_that_stands_alone_leads_back_to_the_office() -> None:
    client = office_client(make_staff(Role.MANAGER))
    for name in ("admin:password_change_done", "accounts:office_again"):
        page = client.get(reverse(name)).content.decode()
        assert f'href="{reverse("admin:index")}">بازگشت به صفحه نخست مدیریت<' in page, name


def test_a_price_for_any_area_says_so() -> None:
    make_world()
    page = office_client(make_staff(Role.FINANCE)).get(reverse("admin:billing_tariff_changelist"))
    assert "هر مساحت" in values(page.content.decode(), "shown_area")
