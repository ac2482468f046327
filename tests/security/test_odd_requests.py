"""Addresses and methods that nobody should use get a page, never a fault."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/c/%00/",
        "/captcha/%00.png",
        "/categories/?q=%00",
        "/check/?number=%00",
        "/suggest/cities/?q=%00",
    ],
)
def test_a_nul_in_the_address_is_no_page(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 404
    assert "این صفحه پیدا نشد" in answer.content.decode()


def test_a_wrong_method_is_told_in_words() -> None:
    answer = Client().get("/sign-out/")
    assert answer.status_code == 405
    assert "این نشانی صفحه نیست" in answer.content.decode()


def test_too_long_a_text_is_told_in_our_words_and_digits() -> None:
    answer = Client().post(
        "/sign-in/", {"name": "ا" * 300, "username": "ا" * 300, "password": "ا" * 3000}
    )
    assert "کاراکتر" not in answer.content.decode()
