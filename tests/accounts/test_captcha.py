"""«کد امنیتی»: one use, a pass for minutes, refresh, and the way in words."""

import io
import random
import re
from datetime import timedelta

import pytest
from captcha.models import CaptchaStore
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from accounts import limits
from accounts.captcha import challenges, drawing
from accounts.models import CaptchaPass, User
from septam import clock, jobs
from septam.digits import to_persian
from septam.throttle import Limit
from tests.accounts.steps import APPLICANT, page, register, solved, text_of, values

pytestmark = pytest.mark.usefixtures("terms")


def test_the_answer_may_be_typed_on_any_keyboard(client: Client) -> None:
    right = solved(client.get("/register/"))
    register(client, captcha_key=right["captcha_key"], captcha=f" {to_persian(right['captcha'])} ")
    assert User.objects.count() == 1


def test_the_picture_holds_five_digits_without_zero() -> None:
    for _time in range(50):
        shown, answer = challenges.digits_challenge()
        assert re.fullmatch("[۱-۹]{5}", shown)
        assert shown == to_persian(answer)


def test_an_answer_counts_once(client: Client) -> None:
    right = solved(client.get("/register/"))
    client.post("/register/", {**APPLICANT, **right})
    again = client.post("/register/", {**APPLICANT, "mobile": "09122222222", **right})
    assert "زمان کد امنیتی گذشته بود" in text_of(again)
    assert User.objects.count() == 1


def test_a_wrong_answer_uses_its_picture_up(client: Client) -> None:
    right = solved(client.get("/register/"))
    client.post("/register/", {**APPLICANT, **right, "captcha": "1"})
    client.post("/register/", {**APPLICANT, **right})
    assert not User.objects.exists()


def test_a_picture_lapses_after_ten_minutes(client: Client) -> None:
    right = solved(client.get("/register/"))
    clock.move_to(clock.now() + timedelta(minutes=11))
    answer = client.post("/register/", {**APPLICANT, **right})
    assert "زمان کد امنیتی گذشته بود؛ کد تازه را بنویسید" in text_of(answer)


def test_once_solved_it_is_not_asked_again_when_another_field_is_wrong(client: Client) -> None:
    answer = register(client, first_name="")
    fields = values(answer)
    assert "captcha_pass" in fields
    assert "captcha_key" not in fields
    client.post("/register/", {**APPLICANT, "captcha_pass": fields["captcha_pass"]})
    assert User.objects.count() == 1


def test_a_pass_stands_through_several_faults_but_serves_once(client: Client) -> None:
    signed = values(register(client, first_name=""))["captcha_pass"]
    second = client.post("/register/", {**APPLICANT, "last_name": "", "captcha_pass": signed})
    assert values(second)["captcha_pass"] == signed
    client.post("/register/", {**APPLICANT, "captcha_pass": signed})
    again = client.post(
        "/register/", {**APPLICANT, "mobile": "09122222222", "captcha_pass": signed}
    )
    assert "کد امنیتی را بنویسید" in text_of(again)
    assert User.objects.count() == 1


def test_a_pass_of_one_form_is_no_good_for_another(client: Client) -> None:
    signed = values(register(client, first_name=""))["captcha_pass"]
    answer = client.post("/recover/", {"account": "09121234567", "captcha_pass": signed})
    assert "کد امنیتی را بنویسید" in text_of(answer)


def test_a_pass_lapses_and_cannot_be_made_up(client: Client) -> None:
    signed = values(register(client, first_name=""))["captcha_pass"]
    assert challenges.has_pass("register", signed)
    assert not challenges.has_pass("register", signed.split(":")[0])
    clock.move_to(clock.now() + timedelta(minutes=11))
    assert not challenges.has_pass("register", signed)


def test_the_button_of_the_picture_brings_another_and_keeps_what_was_typed(client: Client) -> None:
    first = values(client.get("/register/"))["captcha_key"]
    answer = client.post(
        "/register/", {**APPLICANT, "captcha_key": first, "captcha_new": "picture"}
    )
    kept = values(answer)
    assert kept["captcha_key"] != first
    assert (kept["first_name"], kept["mobile"]) == ("محمد", APPLICANT["mobile"])
    assert "مشکل" not in text_of(answer)
    assert not User.objects.exists()


def test_the_pages_script_gets_a_new_picture_without_sending_the_form(client: Client) -> None:
    fresh = client.get("/captcha/new/").json()
    picture = client.get(fresh["image_url"])
    assert picture["Content-Type"] == "image/png"
    assert picture["Cache-Control"] == "no-store"
    assert challenges.shown_digits(fresh["key"])


def test_a_used_or_unknown_picture_is_not_found(client: Client) -> None:
    key = challenges.fresh_picture()
    challenges.answer(key, "1")
    assert client.get(f"/captcha/{key}.png").status_code == 404
    assert client.get("/captcha/unknown.png").status_code == 404


def test_the_accessible_way_is_a_sum_in_persian_words(client: Client) -> None:
    asked = client.post("/register/", {**APPLICANT, "captcha_new": "words"})
    assert re.search("به‌علاوه .+ چند می‌شود؟ پاسخ را با رقم بنویسید", text_of(asked))
    assert "رقم‌های تصویر" not in text_of(asked)
    fields = values(asked)
    assert fields["captcha_kind"] == "words"
    response = CaptchaStore.objects.get(hashkey=fields["captcha_key"]).response
    client.post(
        "/register/", {**APPLICANT, "captcha_key": fields["captcha_key"], "captcha": response}
    )
    assert User.objects.count() == 1


def test_a_wrong_answer_to_the_sum_brings_another_sum(client: Client) -> None:
    fields = values(client.post("/register/", {**APPLICANT, "captcha_new": "words"}))
    again = client.post(
        "/register/",
        {**APPLICANT, **{k: fields[k] for k in fields if k.startswith("captcha")}, "captcha": "1"},
    )
    assert "به‌علاوه" in text_of(again)


def test_the_accessible_way_has_the_tighter_limit_and_says_how_long_to_wait(client: Client) -> None:
    for _time in range(30):
        captcha_key = challenges.fresh_question().key
        client.post("/register/", {**APPLICANT, "captcha_key": captcha_key, "captcha": "1"})
    question = challenges.fresh_question()
    right = CaptchaStore.objects.get(hashkey=question.key).response
    refused = client.post(
        "/register/", {**APPLICANT, "captcha_key": question.key, "captcha": right}
    )
    assert "لطفاً ۱ ساعت دیگر دوباره تلاش کنید یا با پشتیبانی تماس بگیرید" in text_of(refused)
    assert not User.objects.exists()
    assert limits.CAPTCHA_WORDS.times < limits.CAPTCHA_WORDS_SHOWN.times < limits.CAPTCHA_NEW.times


def test_when_no_more_questions_are_shown_the_block_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CAPTCHA_WORDS_SHOWN", Limit("shown", 1, limits.HOUR))
    assert "به‌علاوه" in text_of(client.post("/register/", {"captcha_new": "words"}))
    answer = client.post("/register/", {"captcha_new": "words"})
    notice = page(answer).xpath("string(//div[contains(@class, 'captcha')]/p[@role='alert'])")
    assert "تعداد پرسش‌های نوشتاری" in notice
    assert "۰۲۱" in notice


def test_a_key_with_a_nul_is_unknown(client: Client) -> None:
    assert client.get("/captcha/%00.png").status_code == 404
    answer = client.post("/register/", {**APPLICANT, "captcha_key": "\0", "captcha": "1"})
    assert "زمان کد امنیتی گذشته بود" in text_of(answer)


def test_a_sum_has_no_picture_that_would_tell_its_answer(client: Client) -> None:
    assert challenges.shown_digits(challenges.fresh_question().key) is None


def test_the_picture_cannot_be_drawn_again_from_its_public_key(settings: Settings) -> None:
    drawn = drawing.png("a" * 40, "۱۲۳۴۵")
    assert drawing.png("a" * 40, "۱۲۳۴۵") == drawn
    settings.SECRET_KEY = "another" * 10
    assert drawing.png("a" * 40, "۱۲۳۴۵") != drawn


def test_the_picture_is_a_small_part_of_a_first_visit_and_finer_than_it_is_shown() -> None:
    drawn = drawing.png("c" * 40, "۱۲۳۴۵")
    assert len(drawn) <= 2048
    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.size == (255, 90)


def test_drawing_leaves_the_processs_own_chance_alone() -> None:
    random.seed(7)
    expected = random.Random(7).random()
    drawing.png("b" * 40, "۱۲۳۴۵")
    assert random.random() == expected


def test_the_job_forgets_what_lapsed_and_keeps_what_is_live(client: Client) -> None:
    challenges.fresh_picture()
    challenges.issue_pass("register")
    jobs.run_now("accounts.purge_captchas")
    assert (CaptchaStore.objects.count(), CaptchaPass.objects.count()) == (1, 1)
    clock.move_to(clock.now() + timedelta(minutes=11))
    jobs.run_now("accounts.purge_captchas")
    assert (CaptchaStore.objects.count(), CaptchaPass.objects.count()) == (0, 0)
