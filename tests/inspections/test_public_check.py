"""What anybody may check, and what nobody learns by it."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import StaffAssignment
from inspections import numbers
from inspections.certificates import public_check, validity
from inspections.models import Certificate
from septam.digits import shown_again, to_persian
from septam.throttle import Limit
from tests.inspections.journey import Journey, at_status

pytestmark = pytest.mark.usefixtures("at_start")


def issued() -> tuple[Journey, Certificate]:
    journey = at_status("certified")
    return journey, Certificate.objects.get(request=journey.request)


PRIVATE = (
    "محمد حسینی",
    "0499370899",
    "۰۴۹۹۳۷۰۸۹۹",
    "09121234567",
    "۰۹۱۲۱۲۳۴۵۶۷",
    "ولیعصر",
    "02188776655",
)


def test_the_code_shows_place_trade_laboratory_and_dates_but_no_owner(client: Client) -> None:
    _journey, certificate = issued()
    response = client.get(f"/c/{certificate.share_code}/")
    page = response.content.decode()
    for shown in (
        "طلافروشی حسینی",
        "طلا و جواهر فروشی",
        "استان تهران",
        "آزمایشگاه آتن",
        "معتبر",
        "SL4",
    ):
        assert shown in page
    for private in PRIVATE:
        assert private not in page
    assert "noindex" in response["X-Robots-Tag"]
    assert "http://127.0.0.1:8000" in page


def test_a_code_in_small_letters_is_the_same_code(client: Client) -> None:
    _journey, certificate = issued()
    assert client.get(f"/c/{certificate.share_code.lower()}/").status_code == 200


@pytest.mark.parametrize(
    "typed", [lambda code: code.replace("-", ""), lambda code: code.replace("-", " ").lower()]
)
def test_a_code_without_its_dashes_is_the_same_code(
    client: Client, typed: Callable[[str], str]
) -> None:
    _journey, certificate = issued()
    assert client.get(f"/c/{typed(certificate.share_code)}/").status_code == 200


def test_a_code_in_the_box_for_the_number_leads_to_its_certificate(client: Client) -> None:
    _journey, certificate = issued()
    answer = client.get("/check/", {"number": f" {certificate.share_code.lower()} "})
    assert answer["Location"] == f"/c/{certificate.share_code}/"


def test_twelve_digits_are_a_number_with_one_too_many(client: Client) -> None:
    assert "۱۲" in client.get("/check/", {"number": "222222222222"}).content.decode()


def test_the_address_of_the_sms_leads_to_the_page(client: Client) -> None:
    _journey, certificate = issued()
    assert client.get(f"/c/{certificate.share_code}", follow=True).status_code == 200


def test_a_revoked_certificate_says_so(client: Client) -> None:
    journey, certificate = issued()
    validity.revoke(certificate.pk, journey.manager, "تخلف")
    page = client.get(f"/c/{certificate.share_code}/").content.decode()
    assert "باطل‌شده" in page
    assert "تخلف" not in page


def test_an_unknown_code_is_not_found_in_plain_words(client: Client) -> None:
    response = client.get("/c/K7M4-9QXT-2HAA/")
    assert response.status_code == 404
    assert "صادر نشده" in response.content.decode() or "صادر نکرده" in response.content.decode()


@pytest.mark.parametrize("write", [str, to_persian, lambda n: f" {n[:3]} {n[3:7]}-{n[7:]} "])
def test_the_number_is_read_in_any_digits_and_groups(client: Client, write) -> None:  # type: ignore[no-untyped-def]
    _journey, certificate = issued()
    page = client.get("/check/", {"number": write(certificate.number)}).content.decode()
    assert "طلافروشی حسینی" in page
    assert certificate.share_code not in page
    for private in PRIVATE:
        assert private not in page


@pytest.mark.parametrize(
    ("typed", "message"),
    [("", "وارد کنید"), ("abc", "تنها با رقم"), ("123", "۱۱ رقم"), ("wrong digit", "یک رقم")],
)
def test_a_wrong_number_is_told_beside_the_field_and_stays_there(
    client: Client, typed: str, message: str
) -> None:
    if typed == "wrong digit":
        number = numbers.certificate_number()
        typed = number[:-1] + str((int(number[-1]) + 1) % 10)
    page = client.get("/check/", {"number": typed}).content.decode()
    assert message in page
    assert f'value="{shown_again(typed)}"' in page or not typed


def test_a_right_number_that_was_never_issued_is_no_certificate(client: Client) -> None:
    page = client.get("/check/", {"number": numbers.certificate_number()}).content.decode()
    assert "چنین گواهینامه‌ای" in page


@pytest.mark.parametrize(
    ("limit", "address"), [("BY_CODE", "/c/K7M4-9QXT-2HAA/"), ("BY_NUMBER", "/check/?number="), ("OF_EXPERT", "/expert/?code=12345")]
)  # fmt: skip
def test_too_many_checks_are_told_to_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch, limit: str, address: str
) -> None:
    monkeypatch.setattr(public_check, limit, Limit("tested", 2, 600))
    if address.endswith("number="):
        address += numbers.certificate_number()
    answers = [client.get(address).status_code for _ in range(3)]
    assert answers[2] == 429
    assert 429 not in answers[:2]


@pytest.mark.parametrize("address", ["/check/?number=abc", "/expert/?code=%D8%AF-1"])
def test_wrong_numbers_meet_the_limit_too_and_read_how_long_to_wait(
    client: Client, address: str
) -> None:
    answers = [client.get(address) for _try in range(41)]
    assert [answer.status_code for answer in answers] == [200] * 40 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 600
    assert "پس از ۱۰ دقیقه" in answers[-1].content.decode()
    assert client.get(address.partition("?")[0]).status_code == 200, "who only looks is not counted"


def test_an_experts_code_tells_name_laboratory_and_whether_active(client: Client) -> None:
    journey = Journey()
    assignment = StaffAssignment.objects.get(user=journey.expert)
    page = client.get("/expert/", {"code": to_persian(assignment.code)}).content.decode()
    assert "سارا محمدی‌نژاد" in page
    assert "آزمایشگاه آتن" in page
    assert "فعال نیست" not in page


def test_an_expert_who_left_is_shown_as_not_active(client: Client) -> None:
    journey = Journey()
    StaffAssignment.objects.filter(user=journey.expert).update(active=False)
    code = StaffAssignment.objects.get(user=journey.expert).code
    assert "فعال نیست" in client.get("/expert/", {"code": code}).content.decode()


def test_a_managers_account_is_no_expert(client: Client) -> None:
    Journey()
    assert "چنین کارشناسی" in client.get("/expert/", {"code": "99999"}).content.decode()


def test_a_check_costs_two_queries(client: Client, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    _journey, certificate = issued()
    with django_assert_max_num_queries(2):
        client.get(f"/c/{certificate.share_code}/")
