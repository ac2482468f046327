"""Nothing that was typed is lost: a session that ends in the middle of a form, two tabs, a form that is kept as one goes."""

from collections import defaultdict
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.urls import get_resolver, reverse
from lxml import html

from accounts.models import Profile, User
from billing.models import BankTransfer, RefundCase
from inspections.models import Complaint, VisitRequest
from septam import clock
from septam.digits import shown_again
from septam.forms import typed_before
from septam.forms.typed_before import DROP_FIELD, KEEP_FIELD, PERSON_COOKIE
from sites.place import Place, PlaceState
from tests.access.world import World, arguments_of, make_world
from tests.make import make_place
from tests.people import PASSWORD, make_owner, make_stranger

pytestmark = pytest.mark.django_db
CREATE = "/places/new/form/"
TOLD = "آنچه پیش‌تر نوشته بودید این‌جاست"
HALF = {
    "title": "نانوایی <b>تازه</b>", "area": "۱۲/۵", "city": "استان ته", "note": "سطر یک\r\nسطر دو", "women_only": "on",
    "registrant_role": "deputy", "representative_phone": "۰۹۱۲ ۳۴۵ ۶۷۸۹",
}  # fmt: skip
# Every owner's form that keeps what was typed: what is typed into it, half-filled or wrong as it may be.
FORMS: dict[str, dict[str, str]] = {
    "sites:place_create": HALF,
    "sites:place_edit": HALF,
    "accounts:profile": {"name": "مریم رضایی", "national_id": "۱۲۳", "born_or_registered_on": "1360-5-1"},
    "portal:support_write": {"subject": "payment", "text": "پول کم شد\r\nولی ثبت نشد"},
    "inspections:complain": {"text": "کارشناس دیر آمد"},
    "inspections:slot_decline": {"wish": "شنبه‌ها صبح"},
    "inspections:withdraw": {"reason": "جابه‌جا شدیم"},
    "inspections:another_time": {"wish": "پس از ظهرها"},
    "inspections:name_hours": {"hours": "۱۰ تا ۱۳"},
    "billing:report_transfer": {"payer": "شرکت نور", "reference": "ab 12", "paid_on": "۱۴۰۳.۱.۵"},
    "billing:order_buyer": {"kind": "company", "name": "شرکت نور", "economic_number": "۱"},
    "billing:refund_iban": {"iban": "IR ۸۴ ۰۱۲"},
}  # fmt: skip


def signed_in(
    mobile: str = "09121234567", where: str = "/places/", client: Client | None = None
) -> Client:
    """A browser whose owner came in by the page of «ورود»."""
    client = client or Client()
    form = {"account": mobile, "password": PASSWORD, "next": where}
    answer = client.post("/sign-in/", form)
    assert (answer.status_code, answer["Location"]) == (302, where)
    return client


def shown(client: Client, path: str) -> dict[str, Any]:
    """The page's main form as a browser would send it back; empty where there is none."""
    page = html.fromstring(client.get(path).content.decode())
    forms = page.xpath("//main//form[@method='post'][not(contains(@action, 'announcement'))]")
    found: dict[str, Any] = defaultdict(str)
    for field in max(forms, key=lambda one: len(one.inputs)).inputs if forms else []:
        is_choice = field.get("type") in ("radio", "checkbox")
        if field.get("type") != "submit" and (not is_choice or field.get("checked") is not None):
            found[field.name] = field.get("value", "on") if is_choice else field.value or ""
    return found


def end_of_session() -> None:
    """Every session of everybody is over."""
    Session.objects.all().delete()


def as_browsers_send(text: str) -> str:
    """Line ends as they come back from a page that was parsed."""
    return text.replace("\r\n", "\n").lstrip("\n")


def address(name: str, world: World) -> str:
    """The form's address in the world."""
    known = {"inspections:complain": {"number": world.accepted.number}}
    return reverse(name, kwargs=known.get(name) or arguments_of(name, world))


def counts() -> list[int]:
    """How many rows there are of what these forms make."""
    models = (Place, VisitRequest, Complaint, BankTransfer, RefundCase, Profile)
    return [model._default_manager.count() for model in models]


def test_a_session_that_ends_in_the_middle_of_any_form_loses_nothing_and_does_nothing() -> None:
    world = make_world()
    client = signed_in(str(world.owner.mobile))
    for name, typed in FORMS.items():
        path, before = address(name, world), counts()
        end_of_session()
        answer = client.post(path, {**typed, "answer": "yes"})
        if answer.status_code == 302:  # who writes to support need not sign in
            assert answer["Location"] == f"/sign-in/?next={path}", name
        signed_in(str(world.owner.mobile), path, client)
        assert TOLD in client.get(path).content.decode(), name
        fields = shown(client, path)
        again = {key: as_browsers_send(str(fields[key])) for key in typed}
        for key, text in typed.items():  # boxes of numbers show theirs in Persian digits
            sent = as_browsers_send(text)
            assert again[key] in {sent, shown_again(sent)}, (name, key)
        assert counts() == before, name
        assert "به خطا" not in client.get(path).content.decode()


def test_every_page_that_keeps_what_was_typed_is_in_the_table() -> None:
    def names(patterns: Any, space: str = "") -> Any:
        for one in patterns:
            if hasattr(one, "url_patterns"):
                yield from names(one.url_patterns, f"{one.namespace}:" if one.namespace else space)
            elif getattr(one.callback, "keeps_what_was_typed", False):
                yield f"{space}{one.name}"

    assert set(names(get_resolver().url_patterns)) == set(FORMS)


def test_what_came_back_is_sent_by_its_button_and_then_forgotten() -> None:
    make_owner()
    client = signed_in()
    end_of_session()
    client.post(CREATE, {"title": "نانوایی سنگک"})
    signed_in(where=CREATE, client=client)
    answer = client.post(CREATE, shown(client, CREATE))
    assert answer.status_code == 302, answer.context["form"].errors
    assert Place.objects.get().title == "نانوایی سنگک"
    assert TOLD not in client.get(CREATE).content.decode()
    assert shown(client, CREATE)["title"] == ""


def test_a_form_of_an_earlier_sign_in_in_another_tab_comes_back_with_what_was_typed() -> None:
    make_owner()
    client = Client(enforce_csrf_checks=True)
    first = signed_in_with_token(client)
    client.post("/sign-out/", {"csrfmiddlewaretoken": first})
    signed_in_with_token(client)
    sent = {"title": "نانوایی", "csrfmiddlewaretoken": first}
    answer = client.post(CREATE, sent, headers={"Origin": "http://testserver"})
    assert (answer.status_code, answer["Location"]) == (302, CREATE)
    assert not Place.objects.exists()
    assert shown(client, CREATE)["title"] == "نانوایی"


def signed_in_with_token(client: Client) -> str:
    """Sign in as a browser does, and give the token that forms of this sign-in carry."""
    token = html.fromstring(client.get("/sign-in/").content.decode()).xpath(
        "//input[@name='csrfmiddlewaretoken']/@value"
    )[0]
    client.post(
        "/sign-in/", {"account": "09121234567", "password": PASSWORD, "csrfmiddlewaretoken": token}
    )
    return str(shown(client, CREATE)["csrfmiddlewaretoken"])


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Referer": "http://testserver.evil/"}, {}]
)
def test_what_another_site_sends_is_never_shown_as_ones_own(headers: dict[str, str]) -> None:
    make_owner()
    client = Client(enforce_csrf_checks=True)
    signed_in_with_token(client)
    assert client.post(CREATE, {"title": "دام"}, headers=headers).status_code == 403
    assert shown(client, CREATE)["title"] == ""


def test_a_long_form_is_kept_as_one_goes_until_it_is_sent_or_begun_anew() -> None:
    make_owner()
    client = signed_in()
    kept = client.post(CREATE, {"title": "نانوا", KEEP_FIELD: "1"})
    assert (kept.status_code, kept.content, Place.objects.count()) == (204, b"", 0)
    client.post(CREATE, {"title": "نانوایی", KEEP_FIELD: "1"})
    assert [shown(client, CREATE)["title"] for _time in range(2)] == ["نانوایی"] * 2
    assert shown(client, f"{CREATE}?fresh=1")["title"] == ""
    assert shown(client, CREATE)["title"] == ""


def test_the_list_of_places_tells_of_a_half_filled_form_until_it_is_thrown_away() -> None:
    world = make_world()
    client, places = signed_in(str(world.owner.mobile)), "/places/"
    edit = address("sites:place_edit", world)
    client.post(edit, {"title": "نشانی نو", KEEP_FIELD: "1"})
    client.post(CREATE, {"title": "نانوایی <b>", KEEP_FIELD: "1"})
    client.post(address("portal:support_write", world), {"text": "دیر شد", KEEP_FIELD: "1"})
    page = client.get(places).content.decode()
    assert page.count("یک فرم نیمه‌کاره دارید: «") == 2  # a letter to support is no place
    assert page.index("نانوایی &lt;b&gt;") < page.index("نشانی نو")
    assert f'href="{CREATE}"' in page
    assert f'href="{edit}"' in page
    thrown = client.post(CREATE, {DROP_FIELD: "1"})
    assert (thrown.status_code, thrown["Location"]) == (302, places)
    page = client.get(places).content.decode()
    assert "فرم نیمه‌کاره دور ریخته شد" in page
    assert "نانوایی &lt;b&gt;" not in page
    assert "نشانی نو" in page
    assert shown(client, CREATE)["title"] == ""
    clock.move_to(clock.now() + typed_before._LASTS * 2)
    assert "نیمه‌کاره" not in signed_in(str(world.owner.mobile)).get(places).content.decode()


def test_nobody_is_told_of_anothers_half_filled_form() -> None:
    make_owner()
    client = signed_in()
    end_of_session()
    client.post(CREATE, {"title": "مال من"})
    signed_in(str(make_stranger().mobile), "/places/", client)
    assert "نیمه‌کاره" not in client.get("/places/").content.decode()


def test_a_draft_of_a_place_that_was_saved_elsewhere_overwrites_nothing_unasked() -> None:
    world = make_world()
    client, other = signed_in(str(world.owner.mobile)), signed_in(str(world.owner.mobile))
    path = address("sites:place_edit", world)
    draft = shown(client, path) | {"title": "از برگه یک"}
    client.post(path, draft | {KEEP_FIELD: "1"})
    assert other.post(path, shown(other, path) | {"title": "از گوشی"}).status_code == 302
    answer = client.post(path, shown(client, path))
    assert "هم‌زمان" in answer.content.decode() or answer.status_code == 200
    assert Place.objects.get(pk=world.ready_place.pk).title == "از گوشی"


def test_nobody_else_sees_what_was_typed_and_secrets_are_not_kept() -> None:
    make_owner()
    stranger = make_stranger()
    client = signed_in()
    end_of_session()
    secret = {
        "password": "12345678",
        "captcha_key": "k",
        "answer": "yes",
        "csrfmiddlewaretoken": "t",
    }
    client.post(CREATE, {"title": "مال من", **secret})
    assert list(client.session["typed_before"][CREATE]["typed"]) == ["title"]
    signed_in(str(stranger.mobile), CREATE, client)
    assert shown(client, CREATE)["title"] == ""


def test_a_visitor_whom_no_signed_cookie_names_leaves_no_trace() -> None:
    user = make_owner()
    forged = signing.dumps(user.pk, salt="another")
    for cookie in ("", forged, "x:y:z"):
        client = Client()
        client.cookies[PERSON_COOKIE] = cookie
        assert client.post(CREATE, {"title": "مال من"}).status_code == 302
        assert settings.SESSION_COOKIE_NAME not in {
            name for name in client.cookies if client.cookies[name].value
        }
    assert not Session.objects.exists()


def test_old_long_and_many_drafts_are_not_kept() -> None:
    owner: User = make_owner()
    client = signed_in()

    def keep(path: str, text: str) -> None:
        client.post(path, {"title": text, KEEP_FIELD: "1"})

    keep(CREATE, "x" * 20_001)
    assert shown(client, CREATE)["title"] == ""
    for place in [make_place(owner, f"محل {n}", state=PlaceState.DRAFT) for n in range(6)]:
        keep(f"/places/{place.pk}/edit/", "تازه")
    assert len(client.session["typed_before"]) == typed_before._MOST_FORMS
    keep(CREATE, "نانوایی")
    clock.move_to(clock.now() + typed_before._LASTS * 2)
    signed_in(client=client)
    assert shown(client, CREATE)["title"] == ""
